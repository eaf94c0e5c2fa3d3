"""A script whose results follow from its values alone, with every kind of annotation that a space can hold."""

import nnic.runtime.trial as __nnic__; import os
import sys
import time

lr = (__nnic__.get('train/lr/loguniform') if __nnic__.has('train/lr/loguniform') else (0.01))  # @nni.loguniform(1e-4, 1e-1)
"""@nni.variable(nni.choice(32, 64, 128), name=batch_size)"""
batch_size = (32 if __nnic__.is_('train/batch_size/choice', 0) else 64 if __nnic__.is_('train/batch_size/choice', 1) else 128 if __nnic__.is_('train/batch_size/choice', 2) else (64))
# @nni.variable(nni.quniform(0.0, 0.9, 0.1), name=momentum)
momentum = (__nnic__.get('train/momentum/quniform') if __nnic__.has('train/momentum/quniform') else (0.5))
layers = (__nnic__.get('train/layers/randint') if __nnic__.has('train/layers/randint') else (2))  # @nni.randint(1, 5)
activation = ('relu' if __nnic__.is_('train/activation/choice', 0) else 'tanh' if __nnic__.is_('train/activation/choice', 1) else None if __nnic__.is_('train/activation/choice', 2) else ("relu"))  # @nni.choice("relu", "tanh", None)
epochs = (__nnic__.get('train/epochs/budget') if __nnic__.has('train/epochs/budget') else (3))  # @nni.budget(1, 9)
# @nni.constraint(lr * batch_size < 10)


def scale(x, factor=2):
    return x * factor


def shift(x, by=1):
    return x + by


"""@nni.function_choice(scale(3, factor=2), shift(3, by=1), name=scale)"""
moved = (scale(3, factor=2) if __nnic__.is_('train/scale/function_choice', 0) else shift(3, by=1) if __nnic__.is_('train/scale/function_choice', 1) else (scale(3, factor=2)))

score = 0.0
for epoch in range(epochs):
    score = 1 - (lr - 0.02) ** 2 * 50 - abs(momentum - 0.3) / 4 + layers / 100 + moved / 1000 + epoch / 50
    __nnic__.report_intermediate_result(score)  # @nni.report_intermediate_result(score)
    time.sleep(float(os.environ.get("PAUSE_S", "0")))
if activation == "tanh" and batch_size == 32:
    sys.exit("a trial that fails")
__nnic__.report_final_result({'default': score, 'size': batch_size})  # @nni.report_final_result({"default": score, "size": batch_size})
