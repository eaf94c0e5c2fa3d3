"""Which scripts are Hydra's, and what they get besides their own arguments."""

import pytest

from nnic.project.hydra_scripts import RUN_DIR, hydra_arguments, is_hydra_script
from nnic.runtime.errors import WrongInputError

MAIN = b"import hydra\n@hydra.main(version_base=None, config_path='conf')\ndef main(cfg): pass\nmain()\n"


@pytest.mark.parametrize(
    ("texts", "is_one"),
    [
        ({"train.py": MAIN}, True),
        ({"train.py": b"from hydra import main as m\n@m()\ndef run(cfg): pass\n"}, True),
        ({"train.py": b"import hydra as h\n@h.main\ndef run(cfg): pass\n"}, True),
        ({"train.py": b"from app import main\nmain()\n", "app.py": MAIN}, True),
        ({"train.py": b"from app import other\nother()\n", "app.py": MAIN}, False),
        ({"train.py": b"import app\n", "app.py": MAIN}, False),
        ({"train.py": b"import hydra\nhydra.initialize()\n"}, False),
        ({"train.py": b"@app.main()\ndef hydra(): pass\n"}, False),
        ({"train.py": b"import hydra\n)"}, False),
        ({"other.py": MAIN}, False),
    ],
)
def test_which_scripts_are_hydras(texts, is_one):
    assert is_hydra_script("train.py", texts) is is_one


@pytest.mark.parametrize(
    ("arguments", "added"),
    [
        ((), (RUN_DIR,)),
        (("lr=0.1", "--config-name", "big"), (RUN_DIR,)),
        (("hydra.run.dir=mine",), ()),
        (("++hydra.run.dir=mine",), ()),
    ],
)
def test_each_trial_has_a_folder_unless_its_user_names_one(arguments, added):
    assert hydra_arguments(arguments) == added


@pytest.mark.parametrize("word", ["-m", "--multirun", "hydra.mode=MULTIRUN"])
def test_several_runs_in_a_trial_are_refused(word):
    with pytest.raises(WrongInputError, match=f"{word} makes Hydra run the script several times"):
        hydra_arguments(("lr=1,2", word))
