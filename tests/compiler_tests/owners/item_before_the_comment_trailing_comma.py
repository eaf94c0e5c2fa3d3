opt = SGD(params, lr=0.1,  # @nni.loguniform(1e-4, 1)
          momentum = 0.9,  # @nni.uniform(0, 0.99)
          )
CONFIG = {'dropout' : 0.1,  # @nni.uniform(0, 0.5)
          'layers' : 2,}
def build(width = 8,  # @nni.choice(8, 16)
          depth = 2,): pass
# black
opt = SGD(
    params,
    lr=0.1,  # @nni.loguniform(1e-4, 1)
    momentum=0.9,  # @nni.uniform(0, 0.99)
)
CONFIG = {
    "dropout": 0.1,  # @nni.uniform(0, 0.5)
    "layers": 2,
}


def build(
    width=8,  # @nni.choice(8, 16)
    depth=2,
):
    pass
# ruff
opt = SGD(
    params,
    lr=0.1,  # @nni.loguniform(1e-4, 1)
    momentum=0.9,  # @nni.uniform(0, 0.99)
)
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
# written: opt.lr/loguniform for 0.1, opt.momentum/uniform for 0.9, CONFIG['dropout']/uniform for 0.1, build.width/choice for 8
# black: opt.lr/loguniform for 0.1, opt.momentum/uniform for 0.9, CONFIG['dropout']/uniform for 0.1, build.width/choice for 8
# ruff: opt.lr/loguniform for 0.1, opt.momentum/uniform for 0.9, CONFIG['dropout']/uniform for 0.1, build.width/choice for 8
