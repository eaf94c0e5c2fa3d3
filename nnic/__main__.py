"""``python -m nnic``."""

from nnic.cli import main

if __name__ == "__main__":
    main()
