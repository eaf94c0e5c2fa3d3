import click


@click.command()
@click.option("--lr", default=0.1)  # @nni.loguniform(1e-4, 1)
@click.option("--width", default=32, help="units")  # @nni.choice(32, 64)
# @nni.choice(1, 2)
@click.option(
    "--depth",
    default=1,
)
@retry(times=3, wait=1.0)  # @nni.uniform(0, 2, name=wait)
def train(lr, width, depth, *, batch=8):  # @nni.choice(8, 16)
    pass
# output
import nnic.runtime.trial as __nnic__; import click


@click.command()
@click.option("--lr", default=(__nnic__.get('case/lr/loguniform') if __nnic__.has('case/lr/loguniform') else (0.1)))  # @nni.loguniform(1e-4, 1)
@click.option("--width", default=(32 if __nnic__.is_('case/width/choice', 0) else 64 if __nnic__.is_('case/width/choice', 1) else (32)), help="units")  # @nni.choice(32, 64)
# @nni.choice(1, 2)
@click.option(
    "--depth",
    default=(1 if __nnic__.is_('case/depth/choice', 0) else 2 if __nnic__.is_('case/depth/choice', 1) else (1)),
)
@retry(times=3, wait=(__nnic__.get('case/retry.wait/uniform') if __nnic__.has('case/retry.wait/uniform') else (1.0)))  # @nni.uniform(0, 2, name=wait)
def train(lr, width, depth, *, batch=(8 if __nnic__.is_('case/train.batch/choice', 0) else 16 if __nnic__.is_('case/train.batch/choice', 1) else (8))):  # @nni.choice(8, 16)
    pass
# space
# 5:31 case/lr/loguniform = loguniform(0.0001, 1) default 0.1
# 6:34 case/width/choice = choice(32, 64) default 32
# 10:13 case/depth/choice = choice(1, 2) default 1
# 12:22 case/retry.wait/uniform = uniform(0, 2) default 1.0
# 13:38 case/train.batch/choice = choice(8, 16) default 8
