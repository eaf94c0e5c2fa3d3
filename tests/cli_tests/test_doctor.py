"""The doctor as its user calls it."""

from nnic.runtime.store.connection import database_path


def test_the_doctor_says_what_to_do(project):
    findings = project.json("doctor")
    assert ("note", "store") in [(finding["level"], finding["subject"]) for finding in findings]
    project.nnic("run", "train.py", "--trials", "2", "-q")
    text = project.nnic("doctor").stdout
    assert text.startswith(f"{project.root / '.nnic'}\n")
    assert "nnic.db is intact" in text
    with open(database_path(project.root / ".nnic"), "r+b") as stream:
        stream.write(b"nothing of SQLite")
    lines = project.nnic("doctor", status=1).stdout.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("problem  store"))
    assert "-> move it away: mv" in lines[at + 1]
    assert [f["subject"] for f in project.json("doctor", status=1) if f["level"] == "problem"] == ["store"]
