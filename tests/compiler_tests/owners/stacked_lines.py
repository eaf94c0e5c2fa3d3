# @nni.loguniform(1e-4, 1, name=lr)
# @nni.uniform(0, 0.99, name=momentum)

# a comment
opt = SGD(params, lr = 0.1, momentum = 0.9)
# black
# @nni.loguniform(1e-4, 1, name=lr)
# @nni.uniform(0, 0.99, name=momentum)

# a comment
opt = SGD(params, lr=0.1, momentum=0.9)
# ruff
# @nni.loguniform(1e-4, 1, name=lr)
# @nni.uniform(0, 0.99, name=momentum)

# a comment
opt = SGD(params, lr=0.1, momentum=0.9)
# means
# written: opt.lr/loguniform for 0.1, opt.momentum/uniform for 0.9
# black: opt.lr/loguniform for 0.1, opt.momentum/uniform for 0.9
# ruff: opt.lr/loguniform for 0.1, opt.momentum/uniform for 0.9
