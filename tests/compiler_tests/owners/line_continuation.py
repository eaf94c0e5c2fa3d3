total = first + \
    second  # @nni.choice(1, 2)
assert f(k = 1), \
    'message'  # @nni.choice(1, 2)
# black
total = first + second  # @nni.choice(1, 2)
assert f(k=1), "message"  # @nni.choice(1, 2)
# ruff
total = first + second  # @nni.choice(1, 2)
assert f(k=1), "message"  # @nni.choice(1, 2)
# means
# written: total/choice for first + second, f.k/choice for 1
# black: total/choice for first + second, f.k/choice for 1
# ruff: total/choice for first + second, f.k/choice for 1
