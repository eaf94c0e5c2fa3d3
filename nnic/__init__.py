"""nnic turns an annotated training script into a tunable program."""

# Not from typing, which every trial would have to load.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from nnic.experiment import Experiment as Experiment
    from nnic.runtime.trial import report as report
    from nnic.runtime.trial import should_stop as should_stop

__version__ = "0.1.0"
__all__ = ["Experiment", "__version__", "report", "should_stop"]


def __getattr__(name: str) -> object:
    if name in ("report", "should_stop"):
        # What scripts call loads nothing of what searches.
        import nnic.runtime.trial

        return getattr(nnic.runtime.trial, name)
    if name != "Experiment":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from nnic.experiment import Experiment

    return Experiment
