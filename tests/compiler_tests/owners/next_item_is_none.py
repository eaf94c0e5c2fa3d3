opt = SGD(params, lr = 0.1
    # @nni.loguniform(1e-4, 1)
).step(closure = 1)
# black
opt = SGD(
    params,
    lr=0.1,
    # @nni.loguniform(1e-4, 1)
).step(closure=1)
# ruff
opt = SGD(
    params,
    lr=0.1,
    # @nni.loguniform(1e-4, 1)
).step(closure=1)
# means
# written: NNI108
# black: NNI108
# ruff: NNI108
