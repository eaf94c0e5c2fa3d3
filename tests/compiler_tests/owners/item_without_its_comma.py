f(
    lr = 0.1  # @nni.uniform(0, 1)
    , momentum = 0.9
    ,
)
# black
f(
    lr=0.1,  # @nni.uniform(0, 1)
    momentum=0.9,
)
# ruff
f(
    lr=0.1,  # @nni.uniform(0, 1)
    momentum=0.9,
)
# means
# written: f.lr/uniform for 0.1
# black: f.lr/uniform for 0.1
# ruff: f.lr/uniform for 0.1
