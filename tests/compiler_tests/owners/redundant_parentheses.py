lr = (
    0.1  # @nni.uniform(0, 1)
)
drop = (  # @nni.uniform(0, 1)
    0.5
)
total = (first +  # @nni.choice(1, 2)
         second)
# black
lr = 0.1  # @nni.uniform(0, 1)
drop = 0.5  # @nni.uniform(0, 1)
total = first + second  # @nni.choice(1, 2)
# ruff
lr = 0.1  # @nni.uniform(0, 1)
drop = (  # @nni.uniform(0, 1)
    0.5
)
total = (
    first  # @nni.choice(1, 2)
    + second
)
# means
# written: lr/uniform for 0.1, drop/uniform for 0.5, total/choice for first + second
# black: lr/uniform for 0.1, drop/uniform for 0.5, total/choice for first + second
# ruff: lr/uniform for 0.1, drop/uniform for 0.5, total/choice for first + second
