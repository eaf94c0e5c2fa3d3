from m import SGD, Adam, p
opt = SGD(p, lr=0.01)  # @nni.loguniform(1e-4, 1e-1)  # E: NNI109 26-53 which value is meant? The statement has opt and lr
opt = SGD(p, lr=0.01)  # @nni.choice(SGD(p), Adam(p))  # E: NNI109 26-54 which value is meant? The statement has opt and lr
opt = SGD(
    p,
    lr=0.01,
)  # @nni.loguniform(1e-4, 1e-1)  # E: NNI109 6-33 which value is meant? The statement has opt and lr
conf = {"a": 1, "b": 2}  # @nni.choice(1, 2)  # E: NNI109 28-45 which value is meant? The statement has conf, a and b
a = lambda x=1: x  # @nni.choice(1, 2)  # E: NNI109 22-39 which value is meant? The statement has a and x
# @nni.choice(SGD(p), Adam(p))  # E: NNI109 3-31 which value is meant? The statement has opt and lr
opt = SGD(p, lr=0.01)
opt = SGD(p, lr=0.01)  # @nni.variable(nni.choice(SGD(p), Adam(p)), name=opt)
other = f"{SGD(p, lr=0.01)}"  # @nni.choice('a', 'b', f"{SGD(p, lr=0.01)}")
# ---
# What stands beside the last item on its line could be meant: formatters join lines.
assert x, f(
    a=1, b=2  # @nni.choice(1, 2)  # E: NNI109 17-34 which value is meant? The statement has a and b
)
x = f(
    g(a=1, b=2), c=3,  # @nni.choice(1, 3)  # E: NNI109 26-43 which value is meant? The statement has a, b and c
    d=4,  # @nni.choice(3, 4)
)
