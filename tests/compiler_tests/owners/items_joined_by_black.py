assert x, model.forward(
    hidden=2,  # @nni.choice(1, 2)
    layers=(1
    )
)
# black
assert x, model.forward(hidden=2, layers=(1))  # @nni.choice(1, 2)
# ruff
assert x, model.forward(
    hidden=2,  # @nni.choice(1, 2)
    layers=(1),
)
# means
# written: model.forward.hidden/choice for 2
# black: NNI109
# ruff: model.forward.hidden/choice for 2
