opt = SGD(params, lr = 0.1)  # @nni.loguniform(1e-4, 1)
# black
opt = SGD(params, lr=0.1)  # @nni.loguniform(1e-4, 1)
# ruff
opt = SGD(params, lr=0.1)  # @nni.loguniform(1e-4, 1)
# means
# written: NNI109
# black: NNI109
# ruff: NNI109
