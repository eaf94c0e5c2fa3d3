value = (
    # @nni.choice(1, 3)
    {"k": 1}
)
# black
value = (
    # @nni.choice(1, 3)
    {"k": 1}
)
# ruff
value = (
    # @nni.choice(1, 3)
    {"k": 1}
)
# means
# written: NNI108
# black: NNI108
# ruff: NNI108
