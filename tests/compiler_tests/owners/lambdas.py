key = lambda q, weight = 1 : q  # @nni.choice(1, 2, name=weight)
ordered = sorted(values, key = (lambda q, # a comment
    scale = 2 # @nni.choice(2, 3)
    : q))
# black
key = lambda q, weight=1: q  # @nni.choice(1, 2, name=weight)
ordered = sorted(values, key=(lambda q, scale=2: q))  # a comment  # @nni.choice(2, 3)
# ruff
key = lambda q, weight=1: q  # @nni.choice(1, 2, name=weight)
ordered = sorted(
    values,
    key=(
        lambda q,  # a comment
        scale=2: (  # @nni.choice(2, 3)
            q
        )
    ),
)
# means
# written: key.weight/choice for 1, lambda.scale/choice for 2
# black: NNI109
# ruff: NNI109
