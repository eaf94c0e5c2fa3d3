"""``python -m nnic``."""

import sys

if __name__ == "__main__":
    if not getattr(sys.flags, "safe_path", False):
        # The working directory: nnic imports none of the project's modules in place of the library's.
        del sys.path[0]
    from nnic.cli import main

    main()
