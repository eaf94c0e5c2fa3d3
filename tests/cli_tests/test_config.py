import pytest

from nnic.check.check_paths import check_paths
from nnic.project.settings import ConfigError, config_for

BAD = "x = 9  # @nni.uniform(0, 1)\ny = 1  # @nni.unifrom(0, 2)\n"


@pytest.fixture
def bad(project):
    project.write("bad.py", BAD)
    project.write("sub/deep/bad.py", BAD)
    return project


def codes(project, *arguments, status=1):
    return sorted(f"{f['path']} {f['code']}" for f in project.json("lint", *arguments, status=status))


def test_without_a_configuration_everything_is_reported(bad):
    assert codes(bad, "bad.py") == ["bad.py NNI101", "bad.py NNI202"]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("select = ['NNI1']", ["NNI101"]),
        ("ignore = ['NNI1']", ["NNI202"]),
        ("ignore = ['nni202']", ["NNI101"]),
        # The longer of two that fit counts.
        ("select = ['NNI101']\nignore = ['NNI1']", ["NNI101"]),
        ("select = ['NNI']\nignore = ['NNI1']", ["NNI202"]),
        ("per-file-ignores = {'*.py' = ['NNI2']}", ["NNI101"]),
        ("per-file-ignores = {'sub/*.py' = ['NNI2']}", ["NNI101", "NNI202"]),
    ],
)
def test_codes_are_chosen(bad, table, expected):
    bad.write("pyproject.toml", f"[tool.nnic]\n{table}\n")
    assert sorted(found.code for found in check_paths([bad.root / "bad.py"])) == expected


def test_the_nearest_file_with_a_table_counts(bad):
    bad.write("pyproject.toml", "[tool.nnic]\nignore = ['NNI1']\n")
    bad.write("sub/deep/pyproject.toml", "[tool.other]\nname = 'nnic'\n")
    assert codes(bad, "sub") == ["sub/deep/bad.py NNI202"]
    bad.write("sub/pyproject.toml", "[tool.nnic]\nignore = ['NNI2']\n")
    assert codes(bad) == ["bad.py NNI202", "sub/deep/bad.py NNI101"]


def test_the_command_line_replaces_and_adds(bad):
    bad.write("pyproject.toml", "[tool.nnic]\nignore = ['NNI101']\n")
    assert codes(bad, "bad.py", "--select", "NNI101") == ["bad.py NNI101"]
    assert codes(bad, "bad.py", "--ignore", "NNI202,NNI204", status=0) == []
    assert "no finding 'NNI9'" in bad.nnic("lint", "--select", "NNI9", status=2).stderr


def test_excluded_files_are_not_searched(bad):
    bad.write("pyproject.toml", "[tool.nnic]\nexclude = ['sub/']\n")
    assert codes(bad) == ["bad.py NNI101", "bad.py NNI202"]
    # What is named is checked, but for a hook that names every changed file.
    assert codes(bad, "sub/deep/bad.py") != []
    assert codes(bad, "--force-exclude", "sub/deep/bad.py", status=0) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.nnic]\nselct = []\n", "[tool.nnic] selct: there is no such key; known are configs, exclude,"),
        ("[tool.nnic]\nselect = 'NNI1'\n", "[tool.nnic] select: this must be a list of strings, such as"),
        ("[tool.nnic]\nselect = ['E501']\n", "[tool.nnic] select: there is no finding 'E501'"),
        ("[tool.nnic]\nselect = ['']\n", "[tool.nnic] select: there is no finding ''"),
        ("[tool.nnic]\nexclude = [1]\n", "[tool.nnic] exclude: this must be a list of strings"),
        ("[tool.nnic]\nper-file-ignores = ['NNI1']\n", "[tool.nnic] per-file-ignores: this must be a table"),
        ("[tool.nnic]\nroots = ['src']\n", "[tool.nnic] roots: 'src' is not a folder next to this file"),
        (
            "[tool.nnic]\nconfigs = ['a.yaml']\n",
            "[tool.nnic] configs: annotated YAML files are not supported",
        ),
        ("[tool]\nnnic = 3\n", "tool.nnic is a table"),
        ("[tool.nnic\n", "pyproject.toml: Expected"),
    ],
)
def test_what_can_not_be_meant_is_said(bad, text, message):
    file = bad.write("pyproject.toml", text)
    with pytest.raises(ConfigError) as caught:
        config_for(bad.root / "bad.py")
    assert str(caught.value).startswith(f"{file}: ")
    assert message in str(caught.value)


def test_a_mistake_in_the_configuration_is_one_of_usage(bad):
    file = bad.write("pyproject.toml", "[tool.nnic]\nselct = []\n")
    assert bad.nnic("lint", "bad.py", status=2).stderr.startswith(f"nnic: {file}: [tool.nnic] selct: ")
    assert "[tool.nnic] selct: " in bad.nnic("compile", "train.py", status=2).stderr


def test_a_file_of_others_is_not_even_parsed(bad):
    bad.write("pyproject.toml", "this is = = no TOML\n")
    assert codes(bad, "bad.py") != []


def test_compiling_shows_what_is_wanted_but_errors_always(bad):
    bad.write("pyproject.toml", "[tool.nnic]\nignore = ['NNI']\n")
    bad.write("fine.py", "x = 9  # @nni.uniform(0, 1)\n# @nni.report_final_result(x)\n")
    assert "NNI202" not in bad.nnic("compile", "fine.py").stderr
    error = bad.nnic("compile", "bad.py", status=1).stderr
    assert "NNI101" in error
    assert "NNI202" not in error
