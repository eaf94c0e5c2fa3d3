opt = SGD(params,
    # @nni.loguniform(1e-4, 1)
    lr = 0.1, momentum = 0.9)
CONFIG = { 'a' : 1,
    # @nni.choice(
    #     1, 2)
    'b' : 2 }
# black
opt = SGD(
    params,
    # @nni.loguniform(1e-4, 1)
    lr=0.1,
    momentum=0.9,
)
CONFIG = {
    "a": 1,
    # @nni.choice(
    #     1, 2)
    "b": 2,
}
# ruff
opt = SGD(
    params,
    # @nni.loguniform(1e-4, 1)
    lr=0.1,
    momentum=0.9,
)
CONFIG = {
    "a": 1,
    # @nni.choice(
    #     1, 2)
    "b": 2,
}
# means
# written: opt.lr/loguniform for 0.1, CONFIG['b']/choice for 2
# black: opt.lr/loguniform for 0.1, CONFIG['b']/choice for 2
# ruff: opt.lr/loguniform for 0.1, CONFIG['b']/choice for 2
