import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--batch-size", type=int, default=64)  # @nni.choice(32, 64, 128)
lr = parser.add_argument("-l", "--lr", "--learning-rate", default=0.1)  # @nni.loguniform(1e-4, 1, name=default)
parser.add_argument(
    "-m",
    dest="momentum",
    type=float, default=0.9, help="of SGD",  # @nni.uniform(0, 0.99)
)
# @nni.choice(1, 2)
width = parser.add_argument("width", nargs="?", default=1)
# @nni.choice(int, float, name=type)
parser.add_argument("--kind", type=int, default=1)
# output
import nnic.runtime.trial as __nnic__; import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--batch-size", type=int, default=(32 if __nnic__.is_('case/batch_size/choice', 0) else 64 if __nnic__.is_('case/batch_size/choice', 1) else 128 if __nnic__.is_('case/batch_size/choice', 2) else (64)))  # @nni.choice(32, 64, 128)
lr = parser.add_argument("-l", "--lr", "--learning-rate", default=(__nnic__.get('case/lr/loguniform') if __nnic__.has('case/lr/loguniform') else (0.1)))  # @nni.loguniform(1e-4, 1, name=default)
parser.add_argument(
    "-m",
    dest="momentum",
    type=float, default=(__nnic__.get('case/momentum/uniform') if __nnic__.has('case/momentum/uniform') else (0.9)), help="of SGD",  # @nni.uniform(0, 0.99)
)
# @nni.choice(1, 2)
width = parser.add_argument("width", nargs="?", default=(1 if __nnic__.is_('case/width/choice', 0) else 2 if __nnic__.is_('case/width/choice', 1) else (1)))
# @nni.choice(int, float, name=type)
parser.add_argument("--kind", type=(int if __nnic__.is_('case/parser.add_argument.type/choice', 0) else float if __nnic__.is_('case/parser.add_argument.type/choice', 1) else (int)), default=1)
# space
# 4:55 case/batch_size/choice = choice(32, 64, 128) default 64
# 5:67 case/lr/loguniform = loguniform(0.0001, 1) default 0.1
# 9:25 case/momentum/uniform = uniform(0, 0.99) default 0.9
# 12:57 case/width/choice = choice(1, 2) default 1
# 14:36 case/parser.add_argument.type/choice = choice('int', 'float') default 'int'
