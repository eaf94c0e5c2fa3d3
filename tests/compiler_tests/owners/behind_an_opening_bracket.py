width = max(  # @nni.choice(1, 2)
    8, 16
)
opt = SGD(  # @nni.uniform(0, 1, name=lr)
    lr = 0.1)
values = [  # @nni.choice([1], [2], name=values)
    1, 2,
]
# black
width = max(8, 16)  # @nni.choice(1, 2)
opt = SGD(lr=0.1)  # @nni.uniform(0, 1, name=lr)
values = [  # @nni.choice([1], [2], name=values)
    1,
    2,
]
# ruff
width = max(  # @nni.choice(1, 2)
    8, 16
)
opt = SGD(  # @nni.uniform(0, 1, name=lr)
    lr=0.1
)
values = [  # @nni.choice([1], [2], name=values)
    1,
    2,
]
# means
# written: width/choice for max(8, 16), opt.lr/uniform for 0.1, values/choice for [1, 2]
# black: width/choice for max(8, 16), opt.lr/uniform for 0.1, values/choice for [1, 2]
# ruff: width/choice for max(8, 16), opt.lr/uniform for 0.1, values/choice for [1, 2]
