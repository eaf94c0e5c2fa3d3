"""Which script a command starts."""

import shlex

import pytest

from nnic.project.launcher_commands import NoScriptError, find_launched, place_of

ANNOTATED = "lr = 0.1  # @nni.uniform(0, 1)\n"


@pytest.fixture
def folder(tmp_path):
    for name in ("train.py", "my train.py", "other.py", "pkg/train.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(ANNOTATED)
    (tmp_path / "plain.py").write_text("print()\n")
    (tmp_path / "launch.py").write_text("print()\n")
    (tmp_path / "ds.json").write_text("{}")
    (tmp_path / "train.sh").write_text(
        '#!/bin/bash\nset -e\n# python other.py\npython train.py \\\n  --epochs 3 "$@"\n'
    )
    (tmp_path / "start").write_text('#!/bin/sh\ncd . && exec torchrun -m pkg.train "$1"\n')
    (tmp_path / "unclosed.sh").write_text("echo it's\npython train.py\n")
    (tmp_path / "two.sh").write_text("python train.py\npython other.py\n")
    (tmp_path / "computed.sh").write_text("python $SCRIPT\n")
    (tmp_path / "binary.bin").write_bytes(b"\xff\x00train.py")
    return tmp_path


@pytest.mark.parametrize(
    ("command", "script", "arguments"),
    [
        ("torchrun --nproc_per_node 2 train.py --epochs 3", "train.py", "--epochs 3"),
        ("python -m torch.distributed.run --nproc_per_node=2 train.py", "train.py", ""),
        ("python -u train.py data.csv", "train.py", "data.csv"),
        ("accelerate launch --config_file ds.json train.py --lr 1", "train.py", "--lr 1"),
        (
            "deepspeed --num_gpus 2 train.py --deepspeed_config ds.json",
            "train.py",
            "--deepspeed_config ds.json",
        ),
        ("uv run train.py", "train.py", ""),
        ("uv run --with numpy python train.py -x", "train.py", "-x"),
        ("poetry run python ./train.py", "./train.py", ""),
        ("conda run -n env --no-capture-output python train.py", "train.py", ""),
        ("srun -n 2 python train.py", "train.py", ""),
        ("mpirun -n 2 -x PATH python 'my train.py'", "my train.py", ""),
        ("env A=1 nice -n 5 python train.py", "train.py", ""),
        ("torchrun -m pkg.train --epochs 3", "-m pkg.train", "--epochs 3"),
        ("python -m torch.distributed.run -m pkg.train", "-m pkg.train", ""),
        ("accelerate launch --module pkg.train", "-m pkg.train", ""),
        # The one that is annotated is meant.
        ("python launch.py train.py 3", "train.py", "3"),
        ("torchrun train.py --model plain.py", "train.py", "--model plain.py"),
        ("python plain.py", "plain.py", ""),
        # What a shell is given tells the script, but no arguments.
        ("bash train.sh --fast", "train.py", None),
        ("./train.sh", "train.py", None),
        ("./start 5", "-m pkg.train", None),
        ("bash unclosed.sh", "train.py", None),
        ("sh -c 'python train.py --epochs 3'", "train.py", None),
        ("srun bash train.sh", "train.py", None),
    ],
)
def test_the_script_of_a_command(folder, command, script, arguments):
    found = find_launched(shlex.split(command), folder)
    assert ("-m " * found.module) + found.script == script
    assert found.direct is (arguments is not None)
    assert shlex.join(found.arguments) == (arguments or "")


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("make train", "nnic finds no Python script in the command make train"),
        ("bash computed.sh", "--script train.py -- bash computed.sh"),
        ("python gone.py", "finds no Python script"),
        ("cat binary.bin", "finds no Python script"),
        ("python", "finds no Python script"),
        ("bash two.sh", "names several scripts: other.py, train.py"),
        ("python train.py other.py", "nnic run --script other.py -- python train.py other.py"),
    ],
)
def test_commands_without_one_script(folder, command, text):
    with pytest.raises(NoScriptError) as error:
        find_launched(shlex.split(command), folder)
    assert text in str(error.value)


def test_a_script_that_its_user_names():
    command = ("python", "launch.py", "train.py", "--fast")
    assert place_of("train.py", False, command).arguments == ("--fast",)
    named = place_of("other.py", False, command)
    assert (named.arguments, named.direct) == ((), False)
    assert place_of("pkg.train", True, ("torchrun", "-m", "pkg.train", "1")).arguments == ("1",)
