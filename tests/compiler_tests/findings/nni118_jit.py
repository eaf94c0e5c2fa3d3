import torch
from torch import jit as tj
import triton as tr
import numba
@torch.jit.script
def a():
    x = 1  # @nni.choice(1, 2)  # E: NNI118 14-31 a is compiled by torch.jit.script, which reads this file and would not see the trial's value
    return x
@tj.script
def b():
    def inner():
        x = 1  # @nni.choice(1, 2)  # E: NNI118 18-35 b is compiled by torch.jit.script, which reads this file and would not see the trial's value
        # @nni.report_intermediate_result(x)  # E: NNI118 11-45 b is compiled by torch.jit.script, which reads this file and would not see the trial's value
    return inner
@tr.jit(debug=True)
def c():
    x = 1  # @nni.choice(1, 2)  # E: NNI118 14-31 c is compiled by triton.jit, which reads this file and would not see the trial's value
class D:
    x = 1  # @nni.choice(1, 2)  # E: NNI118 14-31 D is compiled by torch.jit.script, which reads this file and would not see the trial's value
torch.jit.script(D())
@numba.jit
def e():
    x = 1  # @nni.choice(1, 2)  # E: NNI118 14-31 e is compiled by numba.jit, which can't read the trial's value in there
@torch.no_grad()
def f():
    x = 1  # @nni.choice(1, 2)
# @nni.function_choice(e(1), e(2), name=e)  # E: NNI118 3-43 g is compiled by torch.jit.script, which reads this file and would not see the trial's value
@torch.jit.script
def g(y):
    return e(1)
# @nni.function_choice(e(1), e(3), name=f)
def h(y):
    return e(1)
# @nni.report_intermediate_result(1)
@torch.jit.script
def i(y): ...
