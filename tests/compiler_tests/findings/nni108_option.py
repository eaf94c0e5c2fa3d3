parser.add_argument("--lr", type=float)  # @nni.choice(1, 2)  # E: NNI108 44-61 nnic searches the default of an option, and this option has no default
parser.add_argument(
    "--lr",
    type=float,  # @nni.choice(1, 2)  # E: NNI108 20-37 nnic searches the default of an option, and this option has no default
)
parser.add_argument("--lr", type=float, default=1)  # @nni.choice(1, 2)
parser.add_argument("--lr", type=float)  # @nni.choice(int, float, name=type)
parser.add_argument(
    "--lr",
    # @nni.choice(1, 2)  # E: NNI112 7-24 two values are called lr, which would be one parameter
    type=float,
    default=1,
)
parser.add_argument("--amp", action="store_true")  # @nni.choice(True, False)  # E: NNI108 54-78 nnic searches the default of an option, and this flag does not state its default
parser.add_argument("--amp", action="store_false", default=True)  # @nni.choice(True, False)
import argparse
import click
parser.add_argument("--fp16", action="store_false")  # @nni.choice(True, False)  # E: NNI108 56-80 nnic searches the default of an option, and this flag does not state its default
parser.add_argument("--ema", action="store_true", **more)  # @nni.choice(True, False)  # E: NNI108 62-86 nnic searches the default of an option, and this option has no default
parser.add_argument("--ema", action="store_true", default=False, **more)  # @nni.choice(True, False)
@click.option("--nesterov", is_flag=True)  # @nni.choice(True, False)  # E: NNI108 46-70 nnic searches the default of an option, and this flag does not state its default
def train(nesterov): ...
# ---
parser = argparse.ArgumentParser(argument_default=argparse.SUPPRESS)
parser.add_argument("--amp", action="store_true")  # @nni.choice(True, False)  # E: NNI108 54-78 nnic searches the default of an option, and this option has no default
parser.add_argument("--ema", action="store_true", default=False)  # @nni.choice(True, False)
