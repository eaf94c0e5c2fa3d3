"""The trial's side of ``program.json``."""

from nnic.runtime import program
from nnic.runtime.trial import snapshot


def test_both_sides_are_of_one_version_and_read_the_same(project):
    project.add("train.py", "«import»print(«a/b/choice = 1»)\n")
    project.add("pkg/net.py", "x = 1\n")
    project.write_program()
    written, found = program.Program.load(project.program), snapshot.read(str(project.program))
    assert snapshot.VERSION == program.VERSION
    assert found.code_dir == written.code_dir
    for file in written.files:
        assert found.find(f"{written.code_dir}/{file.path}") == file.path
    assert [found.has_package(name) for name in ("train", "pkg", "net")] == [True, True, False]
