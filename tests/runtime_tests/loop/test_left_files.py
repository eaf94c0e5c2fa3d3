"""What is said of files by which trials reach each other."""

from nnic.runtime.launchers.base import Recorded
from nnic.runtime.launchers.metrics import LeftFile


def test_each_file_is_spoken_of_once(lab):
    def behaviour(launch):
        last = LeftFile(50, str(lab.folder / "last.pt"), "train.py:7", launch.key.trial > 0, True)
        other = LeftFile(51, "/elsewhere/state.ckpt", "", True, False)
        played = lab.succeed(launch)
        messages = [Recorded(launch.key, last), *([Recorded(launch.key, other)] if launch.key.trial else [])]
        return [*played[:-1], *messages, played[-1]]

    lab.behaviour = behaviour
    lab.run(trials=3)
    warnings = [line for line in lab.log.lines if line.startswith("warning")]
    first, second = warnings
    assert first.startswith(
        "warning trial 0 read last.pt (train.py:7), which was there before, and then wrote it"
    )
    assert second.startswith("warning trial 1 read /elsewhere/state.ckpt, which an earlier trial wrote")
    assert all("NNIC_OUTPUT_DIR" in text and "@nni.checkpoint" in text for text in warnings)


def test_a_cache_is_called_one(lab):
    def behaviour(launch):
        found = LeftFile(50, str(lab.folder / "cache/joblib/f/output.pkl"), "train.py:6", True, False)
        played = lab.succeed(launch)
        return [*played[:-1], Recorded(launch.key, found), played[-1]]

    lab.behaviour = behaviour
    lab.run(trials=2)
    (warning,) = [line for line in lab.log.lines if line.startswith("warning")]
    assert "used what an earlier trial had cached, cache/joblib/f/output.pkl (train.py:6)" in warning


def test_what_an_earlier_run_left_is_to_be_removed(lab):
    def behaviour(launch):
        played = lab.succeed(launch)
        found = LeftFile(50, str(lab.folder / "last.pt"), "train.py:3", True, False)
        return [*played[:-1], Recorded(launch.key, found), played[-1]]

    lab.behaviour = behaviour
    lab.run(trials=2)
    (warning,) = [line for line in lab.log.lines if line.startswith("warning")]
    assert "trial 0 read last.pt (train.py:3), which an earlier trial wrote" in warning
    assert "Remove last.pt before you search again." in warning
