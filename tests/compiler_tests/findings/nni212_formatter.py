from m import SGD, p
opt = SGD(
    p, lr=0.1,  # @nni.loguniform(1e-4, 1e-1)  # W: NNI212 19-46 black would join these lines and move the comment away from opt.lr
    momentum=0.9)
def f(a=1,  # @nni.choice(1, 2)  # W: NNI212 15-32 black would join these lines and move the comment away from f.a
      b=2): pass
CONFIG = {
    "a": 1,  # @nni.choice(1, 2)  # W: NNI212 16-33 black would join these lines and move the comment away from CONFIG['a']
    "b": 2
}
opt = SGD(
    p,
    lr=0.2,  # @nni.loguniform(1e-4, 2e-1, label='second')
    momentum=0.9,
)
SGD(
    lr=0.1  # @nni.loguniform(1e-4, 3e-1)
)
p(
    p,
    # @nni.loguniform(1e-4, 4e-1)
    lr=0.2,
    momentum=0.9
)
x = (
    1  # @nni.choice(1, 2)
)
