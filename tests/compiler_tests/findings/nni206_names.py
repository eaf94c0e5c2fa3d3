import os.path as osp
accuracy = 1
# @nni.report_final_result(acuracy)  # W: NNI206 28-35 acuracy is bound nowhere in this file; did you mean accuracy?
x = 1  # @nni.choice(osp.sep, undefined, 1)  # W: NNI206 31-40 undefined is bound nowhere in this file
y = 1  # @nni.choice(Adam(a), SGD(a))  # W: NNI202 22-37 the script's own value 1 is not among the options  # W: NNI206 22-26 Adam is bound nowhere in this file  # W: NNI206 31-34 SGD is bound nowhere in this file
z = 1  # @nni.choice([i for i in range(3)], lambda q: q, 1)
try: ...
except OSError as error: ...
def f(a, *args, k=3, **kw):
    u = 1  # @nni.choice(a, args, k, kw, error, f, __name__, 1)
# ---
from m import *
y = 1  # @nni.choice(Adam(a), SGD(a), 1)
