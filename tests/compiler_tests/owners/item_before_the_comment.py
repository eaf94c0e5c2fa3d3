opt = SGD(params, lr=0.1,  # @nni.loguniform(1e-4, 1)
          momentum = 0.9)   # a comment of the statement
CONFIG = {'dropout' : 0.1,  # @nni.uniform(0, 0.5)
          'layers' : 2}
def build(width = 8,  # @nni.choice(8, 16)
          depth = 2): pass
# black
opt = SGD(
    params, lr=0.1, momentum=0.9  # @nni.loguniform(1e-4, 1)
)  # a comment of the statement
CONFIG = {"dropout": 0.1, "layers": 2}  # @nni.uniform(0, 0.5)


def build(width=8, depth=2):  # @nni.choice(8, 16)
    pass
# ruff
opt = SGD(
    params,
    lr=0.1,  # @nni.loguniform(1e-4, 1)
    momentum=0.9,
)  # a comment of the statement
CONFIG = {
    "dropout": 0.1,  # @nni.uniform(0, 0.5)
    "layers": 2,
}


def build(
    width=8,  # @nni.choice(8, 16)
    depth=2,
):
    pass
# means
# written: opt.lr/loguniform for 0.1, CONFIG['dropout']/uniform for 0.1, build.width/choice for 8
# black: NNI109
# ruff: opt.lr/loguniform for 0.1, CONFIG['dropout']/uniform for 0.1, build.width/choice for 8
