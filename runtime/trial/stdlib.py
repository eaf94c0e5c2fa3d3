"""Parts of the standard library by the C modules behind them.

The public modules cost each process of a trial milliseconds, and a script may have a file of their
name. But the C modules are private: one that is missing, or lacks a name that is asked for, is
replaced by the public module, where the names are the same.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def load(private: str, public: str, *names: str) -> "Any":
    """Return the module ``private`` if it has all of ``names``, else ``public``."""
    try:
        module = __import__(private, globals())
    except ImportError:
        module = None
    if module is not None and all(hasattr(module, name) for name in names):
        return module
    return __import__(public, globals(), None, names)
