"""nnic turns an annotated training script into a tunable program."""

# Not from typing, which every trial would have to load.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from nnic.experiment import Experiment as Experiment

__version__ = "0.1.0"
__all__ = ["Experiment", "__version__"]


def __getattr__(name: str) -> object:
    if name != "Experiment":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from nnic.experiment import Experiment

    return Experiment
