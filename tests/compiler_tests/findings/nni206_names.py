import os.path as osp
accuracy = 1
# @nni.report_final_result(acuracy)  # W: NNI206 28-35 acuracy is not defined anywhere in this file; did you mean accuracy?
x = 1  # @nni.choice(osp.sep, undefined, 1)  # W: NNI206 31-40 undefined is not defined anywhere in this file
y = 1  # @nni.choice(Adam(a), SGD(a))  # W: NNI202 22-37 the script's own value 1 is not among the options  # W: NNI206 22-26 Adam is not defined anywhere in this file  # W: NNI206 31-34 SGD is not defined anywhere in this file
z = 1  # @nni.choice([i for i in range(3)], lambda q: q, 1)
try: ...
except OSError as error: ...
def f(a, *args, k=3, **kw):
    u = 1  # @nni.choice(a, args, k, kw, error, f, __name__, 1)
# ---
from m import *
y = 1  # @nni.choice(Adam(a), SGD(a), 1)
# ---
# The outputs of layers are names of the program.
def conv(inputs, size=1): ...
x = out0 = out1 = 1
'''@nni.mutable_layers(
{layer_choice: [conv(size=1)], fixed_inputs: [x], layer_output: layer_0},
{layer_choice: [conv(size=1)], fixed_inputs: [layer_0], layer_output: layer_1},
{layer_choice: [conv(size=1)], fixed_inputs: [layer_1], optional_inputs: [layer_0, layer_1],
 optional_input_size: [0, 1], layer_output: out1})'''
# @nni.report_final_result(layer_1)
y = 1  # @nni.choice(1, layer_2)  # W: NNI206 25-32 layer_2 is not defined anywhere in this file
