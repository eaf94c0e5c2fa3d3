import argparse
import click

parser = argparse.ArgumentParser(prefix_chars="+/-")
parser.add_argument("+l", "++learning-rate", type=float, default=0.1)  # @nni.loguniform(1e-4, 1)
parser.add_argument("+m", default=1)  # @nni.choice(1, 2)
parser.add_argument("/width", "--wide", default=1)  # @nni.choice(1, 2)
parser.add_argument("/depth", default=1)  # @nni.choice(1, 2)
parser.add_argument("_rest", nargs="?", default=1)  # @nni.choice(1, 2)


@click.command()
@click.option("+k", "++keep-rate", default=0.5)  # @nni.uniform(0, 1)
@click.option("/debug;/no-debug", default=False)  # @nni.choice(True, False)
@click.option("--amp/--no-amp", default=False)  # @nni.choice(True, False)
def train(keep_rate, debug, amp): ...
# output
import nnic.runtime.trial as __nnic__; import argparse
import click

parser = argparse.ArgumentParser(prefix_chars="+/-")
parser.add_argument("+l", "++learning-rate", type=float, default=(__nnic__.get('case/learning_rate/loguniform') if __nnic__.has('case/learning_rate/loguniform') else (0.1)))  # @nni.loguniform(1e-4, 1)
parser.add_argument("+m", default=(1 if __nnic__.is_('case/m/choice', 0) else 2 if __nnic__.is_('case/m/choice', 1) else (1)))  # @nni.choice(1, 2)
parser.add_argument("/width", "--wide", default=(1 if __nnic__.is_('case/wide/choice', 0) else 2 if __nnic__.is_('case/wide/choice', 1) else (1)))  # @nni.choice(1, 2)
parser.add_argument("/depth", default=(1 if __nnic__.is_('case/depth/choice', 0) else 2 if __nnic__.is_('case/depth/choice', 1) else (1)))  # @nni.choice(1, 2)
parser.add_argument("_rest", nargs="?", default=(1 if __nnic__.is_('case/_rest/choice', 0) else 2 if __nnic__.is_('case/_rest/choice', 1) else (1)))  # @nni.choice(1, 2)


@click.command()
@click.option("+k", "++keep-rate", default=(__nnic__.get('case/keep_rate/uniform') if __nnic__.has('case/keep_rate/uniform') else (0.5)))  # @nni.uniform(0, 1)
@click.option("/debug;/no-debug", default=(True if __nnic__.is_('case/debug/choice', 0) else False if __nnic__.is_('case/debug/choice', 1) else (False)))  # @nni.choice(True, False)
@click.option("--amp/--no-amp", default=(True if __nnic__.is_('case/amp/choice', 0) else False if __nnic__.is_('case/amp/choice', 1) else (False)))  # @nni.choice(True, False)
def train(keep_rate, debug, amp): ...
# space
# 5:66 case/learning_rate/loguniform = loguniform(0.0001, 1) default 0.1
# 6:35 case/m/choice = choice(1, 2) default 1
# 7:49 case/wide/choice = choice(1, 2) default 1
# 8:39 case/depth/choice = choice(1, 2) default 1
# 9:49 case/_rest/choice = choice(1, 2) default 1
# 13:44 case/keep_rate/uniform = uniform(0, 1) default 0.5
# 14:43 case/debug/choice = choice(True, False) default False
# 15:41 case/amp/choice = choice(True, False) default False
