opt = SGD(params, lr = 0.1, momentum = 0.9)  # @nni.loguniform(1e-4, 1, name=lr)
net = Net(width = f(8), depth = 2)  # @nni.choice(1, 2, name=depth)  # @nni.choice(f(1), f(2), name=width)
# black
opt = SGD(params, lr=0.1, momentum=0.9)  # @nni.loguniform(1e-4, 1, name=lr)
net = Net(
    width=f(8), depth=2
)  # @nni.choice(1, 2, name=depth)  # @nni.choice(f(1), f(2), name=width)
# ruff
opt = SGD(params, lr=0.1, momentum=0.9)  # @nni.loguniform(1e-4, 1, name=lr)
net = Net(
    width=f(8), depth=2
)  # @nni.choice(1, 2, name=depth)  # @nni.choice(f(1), f(2), name=width)
# means
# written: opt.lr/loguniform for 0.1, net.depth/choice for 2, net.width/choice for f(8)
# black: opt.lr/loguniform for 0.1, net.depth/choice for 2, net.width/choice for f(8)
# ruff: opt.lr/loguniform for 0.1, net.depth/choice for 2, net.width/choice for f(8)
