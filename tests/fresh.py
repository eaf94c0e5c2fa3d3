"""Follow the README on a fresh machine, as far as one machine can: clone, environment, demo, tests.

Clones what is committed into a temporary folder whose name has a space and a non-ASCII letter, runs
there what ``README.md`` says, installs nnic into an environment of its own, and follows README there
with the script that it begins with. Prints how long each step took; exits 1 when one fails.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "docs_tests"))

from documentation import blocks_of, commands_of  # noqa: E402


def timed(title, command, cwd, environment):
    print(f"== {title}: {' '.join(command)}", flush=True)
    start = time.monotonic()
    result = subprocess.run(command, cwd=cwd, env=environment)
    seconds = time.monotonic() - start
    print(f"== {title}: exit status {result.returncode} after {seconds:.0f} s", flush=True)
    if result.returncode:
        sys.exit(1)
    return seconds


def follow_readme(clone, folder, environment):
    """Install nnic as README says, paste its script, and type its commands and its Python."""
    venv = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    environment = {**environment, "PATH": f"{venv / 'bin'}{os.pathsep}{environment['PATH']}"}
    constraints = ["-c", "constraints.txt", "scikit-learn", "pandas"]
    timed("pip install", ["pip", "install", "--quiet", ".", *constraints], clone, environment)
    blocks = list(blocks_of(ROOT / "README.md"))
    script, search = [block.text for block in blocks if block.language == "python"]
    project = folder / "my project"
    project.mkdir()
    (project / "train.py").write_text(script, encoding="utf-8")
    (project / "search.py").write_text(search, encoding="utf-8")
    commands = [words for block in blocks if block.language == "console" for words in commands_of(block)]
    for words in [*(words for words in commands if words[0] in ("nnic", "python")), ["python", "search.py"]]:
        timed("README", words, project, environment)
    if (project / "train.py").read_text(encoding="utf-8") != script:
        print("README's commands left its script changed")
        sys.exit(1)


def main():
    environment = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH", "NNIC_HOME")}
    environment = {k: v for k, v in environment.items() if not k.startswith(("MAKE", "MFLAGS"))}
    with tempfile.TemporaryDirectory(prefix="nnic frésh ") as folder:
        folder = Path(folder)
        clone = folder / "nnic clone"
        timed("clone", ["git", "clone", "--quiet", str(ROOT), str(clone)], folder, environment)
        make = ["make", f"PYTHON={sys.executable}"]
        timed("install", [*make, ".venv/.installed"], clone, environment)
        demo = timed("demo", [*make, "demo"], clone, environment)
        tests = timed("test", [*make, "test"], clone, environment)
        hook = [
            ".venv/bin/python",
            "-m",
            "pytest",
            "-q",
            "tests/cli_tests/test_pre_commit.py",
            "--cloned-hook",
        ]
        timed("pre-commit hook", hook, clone, environment)
        follow_readme(clone, folder, environment)
        changed = subprocess.run(
            ["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True
        ).stdout
        print(f"demo {demo:.0f} s of 240, test {tests:.0f} s of 720, files changed: {changed or 'none'}")
        sys.exit(1 if changed or demo > 240 or tests > 720 else 0)


if __name__ == "__main__":
    main()
