"""Let the environment that runs this see the packages of another one, behind its own."""

import subprocess
import sys
import sysconfig
from pathlib import Path


def main(python: str) -> None:
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    folder = subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True).stdout.strip()
    # addsitedir follows the .pth files of that folder too, such as the one that leads to nnic.
    line = f"import site; site.addsitedir({folder!r})\n"
    Path(sysconfig.get_path("purelib"), "shared_packages.pth").write_text(line)


if __name__ == "__main__":
    main(sys.argv[1])
