from functools import partial
import numba
import tensorflow as tf
import torch
import typeguard
from numba import cuda, njit
from sacred import Experiment
ex = Experiment()
@tf.function
def a():
    x1 = 1  # @nni.choice(1, 2)  # E: NNI118 15-32 a is compiled by tensorflow.function, which reads this file and would not see the trial's value
    return helper(x1)
def helper(y):
    x2 = 1  # @nni.choice(1, 2)  # E: NNI118 15-32 helper is compiled by tensorflow.function, which reads this file and would not see the trial's value
    return deeper(x2)
def deeper(y):
    x3 = 1  # @nni.choice(1, 2)  # E: NNI118 15-32 deeper is compiled by tensorflow.function, which reads this file and would not see the trial's value
@tf.function(autograph=False)
def traced():
    x4 = 1  # @nni.choice(1, 2)
@tf.autograph.experimental.do_not_convert
def kept():
    x5 = 1  # @nni.choice(1, 2)
@tf.function(reduce_retracing=True)
def b(y):
    return kept()
@ex.config
def config():
    x6 = 1  # @nni.choice(1, 2)  # E: NNI118 15-32 config is compiled by sacred's ex.config, which reads this file and would not see the trial's value
@ex.automain
def main(x6):
    x7 = 1  # @nni.choice(1, 2)
class Model(torch.nn.Module):
    def __init__(self):
        self.x8 = 1  # @nni.choice(1, 2)
    def forward(self):
        x9 = act(1)  # @nni.choice(1, 2)  # E: NNI118 24-41 Model is compiled by torch.jit.script, which reads this file and would not see the trial's value
model = Model()
scripted = torch.jit.script(model)
def act(y):
    x10 = 1  # @nni.choice(1, 2)  # E: NNI118 16-33 act is compiled by torch.jit.script, which reads this file and would not see the trial's value
@njit
def c():
    x11 = 1  # @nni.choice(1, 2)  # E: NNI118 16-33 c is compiled by numba.njit, which can't read the trial's value in there
@partial(cuda.jit, device=True)
def d():
    x12 = 1  # @nni.choice(1, 2)  # E: NNI118 16-33 d is compiled by numba.cuda.jit, which can't read the trial's value in there
@numba.jit(forceobj=True)
def e():
    x13 = 1  # @nni.choice(1, 2)
@typeguard.typechecked
def f():
    x14 = 1  # @nni.choice(1, 2)  # E: NNI118 16-33 f is compiled by typeguard.typechecked, which reads this file and would not see the trial's value
    return free()
def free():
    x15 = 1  # @nni.choice(1, 2)
def g():
    x16 = 1  # @nni.choice(1, 2)  # E: NNI118 16-33 g is compiled by torch.jit.script_if_tracing, which reads this file and would not see the trial's value
fast = torch.jit.script_if_tracing(g)
class Kept(torch.nn.Module):
    @torch.jit.ignore
    def ignored(self):
        x17 = 1  # @nni.choice(1, 2)
torch.jit.script(Kept())
x18 = 1  # @nni.choice(1, 2)
