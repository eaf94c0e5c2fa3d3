"""The conformance suites: what every tuner and assessor must do, a user's own as well.

Subclass in a test module and say how to build yours; pytest does the rest::

    from nnic.tuners.testing import TunerSuite

    class TestMyTuner(TunerSuite):
        def make(self, problem):
            return MyTuner(problem)

Needs pytest and hypothesis, which nnic itself does not.
"""

from nnic.tuners.testing.assessor_suite import AssessorSuite
from nnic.tuners.testing.budget_suite import BudgetSuite
from nnic.tuners.testing.fake_launcher import FakeLauncher, replay
from nnic.tuners.testing.measures import curve_of, measure
from nnic.tuners.testing.tuner_suite import TunerSuite

__all__ = ["AssessorSuite", "BudgetSuite", "FakeLauncher", "TunerSuite", "curve_of", "measure", "replay"]
