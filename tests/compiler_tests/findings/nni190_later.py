from m import SGD, p
x = 1
# @nni.layer_choice(1, 2, name=x)  # E: NNI190 4-20 not supported yet: architecture annotations come in a later release
x = 1
# @nni.input_choice(1, 2, name=x)  # E: NNI190 4-20 not supported yet: architecture annotations come in a later release
# @nni.repeat(1, 2, name=x)  # E: NNI190 4-14 not supported yet: architecture annotations come in a later release
# @nni.training_update(loss=x)  # E: NNI190 4-23 not supported yet: architecture annotations come in a later release
epochs = 3  # @nni.budget(1, 9, name=epochs)
# @nni.constraint(x < 3)
path = "p"  # @nni.checkpoint(name=path)
opt = SGD(p, lr=0.01)  # @nni.loguniform(1e-4, 1e-1, name=lr)
opt = SGD(
    p,
    lr=0.01,  # @nni.loguniform(1e-4, 1e-1)  # E: NNI112 17-44 two values are called opt.lr, which would be one parameter
    # @nni.uniform(0, 0.9)
    momentum=0.9,
)
SGD(p, lr=0.1)  # @nni.loguniform(1e-4, 1)
conf = {
    "dropout": 0.1,  # @nni.uniform(0, 0.5)
    # @nni.uniform(0, 0.5)
    "other": 0.1,
}
def f(
    a=1,  # @nni.choice(1, 2)
    # @nni.choice(1, 2)
    b=1,
): ...
y = 3  # @nni.choice(3, nni.uniform(0, 1))
z = 3  # @nni.choice(3, 4, label=shared)
a = 3  # @nni.choice(3, 4)
