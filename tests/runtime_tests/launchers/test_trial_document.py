"""``trial.json``: the manager's side and the trial's name the same fields, and read the same values."""

from dataclasses import fields

import pytest

from nnic.runtime.launchers.trial_document import FILE, VERSION, Plan, TemplateDocument, TrialDocument, encode
from nnic.runtime.trial import assignment
from nnic.runtime.trial.forking import plan

TRIAL = TrialDocument(
    experiment="train-7f3a",
    trial=3,
    attempt=1,
    seed=2**32 - 1,
    program="/a projéct/.nnic/program",
    parameters={"t/lr/uniform": 0.1, "t/name/choice": "é", "t/n/randint": 3, "t/x/choice": None},
    options={"t/name/choice": 2},
    budget=2.5,
    parent=1,
    checkpoint="/c/3",
    checkpoint_source="/c/1",
    output_dir="/o",
    judged=True,
    nested={"t/opt/choice": {"_name": "a", "lr": 0.1}},
)
PLANS = [
    Plan(imports=((3, "torch.nn", ()), (4, "os", ("path", "sep")))),
    Plan(
        prefix=True,
        varying=("A", "NNIC_TRIAL_DIR"),
        own=("NNIC_TRIAL_DIR",),
        threads={"OMP_NUM_THREADS": None, "MKL_NUM_THREADS": "2"},
    ),
]


def names(kind):
    return tuple(field.name for field in fields(kind))


def plain(value):
    """As JSON gives it back: lists for tuples."""
    return [plain(entry) for entry in value] if isinstance(value, tuple) else value


def test_both_sides_name_the_same_fields():
    assert {"trial": names(TrialDocument), "template": names(TemplateDocument)} == assignment.FIELDS
    assert names(Plan) == plan.FIELDS
    assert (assignment.FILE, assignment.VERSION) == (FILE, VERSION)


def test_a_trial_reads_every_field_as_it_was_written(tmp_path):
    (tmp_path / FILE).write_text(encode(TRIAL), encoding="utf-8")
    given = assignment.read(str(tmp_path))
    assert (given.kind, given.directory) == ("trial", str(tmp_path))
    for name in names(TrialDocument):
        assert getattr(given, name) == getattr(TRIAL, name), name
        assert getattr(TRIAL, name) != getattr(assignment.Assignment(), name), f"{name} shows nothing here"


@pytest.mark.parametrize("written", PLANS)
def test_a_template_reads_every_field_as_it_was_written(tmp_path, written):
    (tmp_path / FILE).write_text(encode(TemplateDocument("/program", written)), encoding="utf-8")
    given = assignment.read(str(tmp_path))
    assert (given.kind, given.program, given.trial) == ("template", "/program", None)
    found = plan.Plan(given.plan)
    for name in names(Plan):
        assert getattr(found, name) == plain(getattr(written, name)), name


def test_a_plan_that_lacks_a_field_is_refused():
    with pytest.raises(ValueError, match="the template's plan has no 'threads'"):
        plan.Plan({"imports": [], "prefix": False, "varying": [], "own": []})
