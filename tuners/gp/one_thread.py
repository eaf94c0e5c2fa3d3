"""Linear algebra on one thread."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[object]:
    """Make numpy and scipy compute on one thread inside a ``with`` statement.

    Matrices of some hundred rows gain nothing from more, and where trials keep the cores busy
    the threads wait for one another at every step, which made suggestions several times slower.
    How many there are changes the last bits of a result, too: the same seed would propose
    something else on a machine with more cores.
    """
    limit: AbstractContextManager[object] = _libraries().limit(limits=1, user_api="blas")
    return limit


@cache
def _libraries() -> ThreadpoolController:
    import scipy.linalg  # noqa: F401 -- its library is found once it is loaded
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
