"""The main job on real data, command by command, as ``make demo`` runs it.

Searches ``digits_mlp``, then trains with the script's own values and with the best ones on data that
no trial has seen, over five seeds.
"""

import json
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE / "digits_mlp"
SEEDS = range(5)


def nnic(*arguments, capture=False):
    if not capture:
        print(f"\n$ nnic {shlex.join(arguments)}", flush=True)
    command = [sys.executable, "-m", "nnic", *arguments]
    result = subprocess.run(command, cwd=EXAMPLE, capture_output=capture, text=True)
    if result.returncode:
        print(result.stderr or "", end="", file=sys.stderr)
        sys.exit(f"nnic {arguments[0]} ended with status {result.returncode}")
    return result.stdout


def held_out_accuracy(script, seed):
    command = [sys.executable, str(script), "--held-out", "--seed", str(seed)]
    output = subprocess.run(command, cwd=EXAMPLE, capture_output=True, text=True, check=True).stdout
    return float(output.split()[-1])


def main():
    start = time.monotonic()
    nnic("lint", "train.py")
    nnic("compile", "train.py")
    nnic("run", "train.py", "--tuner", "tpe", "--trials", "20", "--jobs", "2")
    nnic("apply", "--dry-run")

    with tempfile.TemporaryDirectory() as folder:
        tuned = Path(folder) / "train.py"
        tuned.write_text(
            json.loads(nnic("apply", "--dry-run", "--format", "json", capture=True))["files"]["train.py"]
        )
        with ThreadPoolExecutor(2) as pool:
            own = list(pool.map(lambda seed: held_out_accuracy(EXAMPLE / "train.py", seed), SEEDS))
            best = list(pool.map(lambda seed: held_out_accuracy(tuned, seed), SEEDS))

    gains = [b - o for b, o in zip(best, own)]
    print("\naccuracy on held-out data, which no trial has seen, by seed:")
    print(
        "  your values  " + "  ".join(f"{value:.4f}" for value in own) + f"   mean {statistics.mean(own):.4f}"
    )
    print(
        "  best values  "
        + "  ".join(f"{value:.4f}" for value in best)
        + f"   mean {statistics.mean(best):.4f}"
    )
    error = statistics.stdev(gains) / len(gains) ** 0.5
    print(f"  gain over trial 0: {statistics.mean(gains):+.4f} ± {error:.4f} (standard error, 5 seeds)")
    print(f"\nThe demo took {time.monotonic() - start:.0f} s. Your script has not been changed;")
    print("`nnic apply` would write the diff.")


if __name__ == "__main__":
    main()
