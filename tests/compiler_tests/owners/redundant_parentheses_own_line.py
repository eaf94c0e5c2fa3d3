rate = (
    # @nni.uniform(0, 1)
    0.5
)
# black
rate = (
    # @nni.uniform(0, 1)
    0.5
)
# ruff
rate = (
    # @nni.uniform(0, 1)
    0.5
)
# means
# written: NNI108
# black: NNI108
# ruff: NNI108
