assert x, f(
    g(a=1,  # @nni.choice(1, 2)
      b=2), c=(3
    )
)
# black
assert x, f(g(a=1, b=2), c=(3))  # @nni.choice(1, 2)
# ruff
assert x, f(
    g(
        a=1,  # @nni.choice(1, 2)
        b=2,
    ),
    c=(3),
)
# means
# written: g.a/choice for 1
# black: NNI109
# ruff: g.a/choice for 1
