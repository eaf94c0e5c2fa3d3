import pytest

from nnic.runtime.hydra_overrides import overrides


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.1, "0.1"),
        (1e-05, "1e-05"),
        (3, "3"),
        (True, "true"),
        (None, "null"),
        ("adam", "'adam'"),
        ("", "''"),
        ("it's", r"'it\'s'"),
        ("a\\", r"'a\\'"),
        ("a\\b", r"'a\b'"),
        ("a=1, {b}", "'a=1, {b}'"),
    ],
)
def test_values_as_hydra_reads_them(value, written):
    assert overrides({"optim.lr": value}) == (f"optim.lr={written}",)
