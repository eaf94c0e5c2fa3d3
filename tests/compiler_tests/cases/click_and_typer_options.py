import click
import typer
from typing import Annotated


@click.command()
@click.option(
    "--learning-rate",
    "-l",
    type=float, default=0.1,  # @nni.loguniform(1e-4, 1)
)
@click.option(
    "--batch",
    "batch_size",
    default=32,  # @nni.choice(32, 64)
)
def train(learning_rate, batch_size):
    pass


def run(
    lr: float = typer.Option(
        default=0.1,  # @nni.loguniform(1e-3, 1)
    ),
    width: Annotated[int, typer.Option()] = 8,  # @nni.choice(8, 16)
    depth: int = typer.Option(default=2, help="layers"),  # @nni.randint(1, 5)
):
    pass
# output
import nnic.runtime.trial as __nnic__; import click
import typer
from typing import Annotated


@click.command()
@click.option(
    "--learning-rate",
    "-l",
    type=float, default=(__nnic__.get('case/learning_rate/loguniform') if __nnic__.has('case/learning_rate/loguniform') else (0.1)),  # @nni.loguniform(1e-4, 1)
)
@click.option(
    "--batch",
    "batch_size",
    default=(32 if __nnic__.is_('case/batch_size/choice', 0) else 64 if __nnic__.is_('case/batch_size/choice', 1) else (32)),  # @nni.choice(32, 64)
)
def train(learning_rate, batch_size):
    pass


def run(
    lr: float = typer.Option(
        default=(__nnic__.get('case/lr/loguniform') if __nnic__.has('case/lr/loguniform') else (0.1)),  # @nni.loguniform(1e-3, 1)
    ),
    width: Annotated[int, typer.Option()] = (8 if __nnic__.is_('case/width/choice', 0) else 16 if __nnic__.is_('case/width/choice', 1) else (8)),  # @nni.choice(8, 16)
    depth: int = typer.Option(default=(__nnic__.get('case/depth/randint') if __nnic__.has('case/depth/randint') else (2)), help="layers"),  # @nni.randint(1, 5)
):
    pass
# space
# 10:25 case/learning_rate/loguniform = loguniform(0.0001, 1) default 0.1
# 15:13 case/batch_size/choice = choice(32, 64) default 32
# 23:17 case/lr/loguniform = loguniform(0.001, 1) default 0.1
# 25:45 case/width/choice = choice(8, 16) default 8
# 26:39 case/depth/randint = randint(1, 5) default 2
