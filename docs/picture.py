"""Draw README's terminal picture: a real run of examples/digits_mlp, through the live view's own code.

.venv/bin/python docs/picture.py          # searches, then writes docs/run.svg
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from nnic.runtime.store.reader import StoreReader
from nnic.screens.live import render_run
from nnic.screens.run_state import RunState

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parent / "examples" / "digits_mlp"
ARGUMENTS = ("run", "train.py", "--tuner", "tpe", "--assessor", "medianstop", "--trials", "25", "--jobs", "2")
WIDTH, ROWS = 124, 16


def main():
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        command = [sys.executable, "-m", "nnic", *ARGUMENTS]
        environment = {"NNIC_HOME": folder, "PATH": "/usr/bin:/bin"}
        subprocess.run(command, cwd=EXAMPLE, env=environment, check=True, stdout=subprocess.DEVNULL)
        with StoreReader(home) as reader:
            record = reader.experiment()
            trials = reader.trials(record)
    state = RunState.begin(record.config, record.space, trials, record.elapsed_s)
    with open("/dev/null", "w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        console.print(f"$ nnic {' '.join(ARGUMENTS)}", style="bold", highlight=False)
        console.print(render_run(state, WIDTH, ROWS))
        console.save_svg(str(HERE / "run.svg"), title="nnic")


if __name__ == "__main__":
    main()
