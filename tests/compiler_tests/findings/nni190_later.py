from m import SGD, p
'''@nni.mutable_layers({layer_choice: [a()], layer_output: x})'''  # E: NNI190 5-23 not supported yet: architecture annotations come in a later release
x = 1
# @nni.layer_choice(1, 2, name=x)  # E: NNI190 4-20 not supported yet: architecture annotations come in a later release
x = 1
# @nni.input_choice(1, 2, name=x)  # E: NNI190 4-20 not supported yet: architecture annotations come in a later release
# @nni.repeat(1, 2, name=x)  # E: NNI190 4-14 not supported yet: architecture annotations come in a later release
# @nni.training_update(loss=x)  # E: NNI190 4-23 not supported yet: architecture annotations come in a later release
epochs = 3  # @nni.budget(1, 9, name=epochs)  # E: NNI190 16-26 not supported yet: budgets in the source come in a later release
# @nni.constraint(x < 3)  # E: NNI190 4-18 not supported yet: constraints come in a later release
path = "p"  # @nni.checkpoint(name=path)  # E: NNI190 16-30 not supported yet: checkpoints come in a later release
opt = SGD(p, lr=0.01)  # @nni.loguniform(1e-4, 1e-1, name=lr)  # E: NNI190 26-62 not supported yet: annotating a keyword argument (lr) comes in a later release
opt = SGD(
    p,
    lr=0.01,  # @nni.loguniform(1e-4, 1e-1)  # E: NNI190 17-44 not supported yet: annotating a keyword argument (lr) comes in a later release
    # @nni.uniform(0, 0.9)  # E: NNI190 7-27 not supported yet: annotating a keyword argument (momentum) comes in a later release
    momentum=0.9,
)
SGD(p, lr=0.1)  # @nni.loguniform(1e-4, 1)  # E: NNI190 19-43 not supported yet: annotating a keyword argument (lr) comes in a later release
conf = {
    "dropout": 0.1,  # @nni.uniform(0, 0.5)  # E: NNI190 24-44 not supported yet: annotating a dict entry (dropout) comes in a later release
    # @nni.uniform(0, 0.5)  # E: NNI190 7-27 not supported yet: annotating a dict entry ('other') comes in a later release
    "other": 0.1,
}
def f(
    a=1,  # @nni.choice(1, 2)  # E: NNI190 13-30 not supported yet: annotating a parameter default (a) comes in a later release
    # @nni.choice(1, 2)  # E: NNI190 7-24 not supported yet: annotating a parameter default (b) comes in a later release
    b=1,
): ...
y = 3  # @nni.choice(3, nni.uniform(0, 1))  # E: NNI190 25-42 not supported yet: samplers inside of options come in a later release
z = 3  # @nni.choice(3, 4, label=shared)  # E: NNI190 28-40 not supported yet: label= comes in a later release
a = 3  # @nni.choice(3, 4)
