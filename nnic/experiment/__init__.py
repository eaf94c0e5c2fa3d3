"""What Python users call: an experiment over a script, and the errors that it raises."""

from nnic.experiment.definition import AllFixedError as AllFixedError
from nnic.experiment.definition import NothingOpenError as NothingOpenError
from nnic.experiment.experiment import Experiment as Experiment
from nnic.experiment.source import ProgramGoneError as ProgramGoneError
from nnic.findings.errors import CompileError as CompileError
