a = 1; b = 2  # @nni.choice(1, 2)
if b: c = 3  # @nni.choice(3, 4)
for i in range(3): d = 4; e = 5  # @nni.choice(4, 5)
# black
a = 1
b = 2  # @nni.choice(1, 2)
if b:
    c = 3  # @nni.choice(3, 4)
for i in range(3):
    d = 4
    e = 5  # @nni.choice(4, 5)
# ruff
a = 1
b = 2  # @nni.choice(1, 2)
if b:
    c = 3  # @nni.choice(3, 4)
for i in range(3):
    d = 4
    e = 5  # @nni.choice(4, 5)
# means
# written: b/choice for 2, c/choice for 3, e/choice for 5
# black: b/choice for 2, c/choice for 3, e/choice for 5
# ruff: b/choice for 2, c/choice for 3, e/choice for 5
