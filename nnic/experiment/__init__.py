"""What Python users call: an experiment over a script, and the errors that it raises."""

from nnic.experiment.errors import AllFixedError as AllFixedError
from nnic.experiment.errors import DirectionError as DirectionError
from nnic.experiment.errors import KnownToFailError as KnownToFailError
from nnic.experiment.errors import NothingOpenError as NothingOpenError
from nnic.experiment.experiment import Experiment as Experiment
from nnic.experiment.source import ProgramGoneError as ProgramGoneError
from nnic.findings.errors import CompileError as CompileError
