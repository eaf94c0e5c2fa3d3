def build(width = 8):  # @nni.choice(8, 16)
    pass
class Net(Base, size = 3):  # @nni.choice(3, 4)
    pass
with read(mode = 'r') as file:  # @nni.choice('r', 'b')
    pass
while step(by = 1):  # @nni.choice(1, 2)
    pass
if f(x = 1):  # @nni.choice(1, 2)
    pass
elif f(y = 2):  # @nni.choice(2, 3)
    pass
# black
def build(width=8):  # @nni.choice(8, 16)
    pass


class Net(Base, size=3):  # @nni.choice(3, 4)
    pass


with read(mode="r") as file:  # @nni.choice('r', 'b')
    pass
while step(by=1):  # @nni.choice(1, 2)
    pass
if f(x=1):  # @nni.choice(1, 2)
    pass
elif f(y=2):  # @nni.choice(2, 3)
    pass
# ruff
def build(width=8):  # @nni.choice(8, 16)
    pass


class Net(Base, size=3):  # @nni.choice(3, 4)
    pass


with read(mode="r") as file:  # @nni.choice('r', 'b')
    pass
while step(by=1):  # @nni.choice(1, 2)
    pass
if f(x=1):  # @nni.choice(1, 2)
    pass
elif f(y=2):  # @nni.choice(2, 3)
    pass
# means
# written: build.width/choice for 8, Net.size/choice for 3, read.mode/choice for 'r', step.by/choice for 1, f.x/choice for 1, f.y/choice for 2
# black: build.width/choice for 8, Net.size/choice for 3, read.mode/choice for 'r', step.by/choice for 1, f.x/choice for 1, f.y/choice for 2
# ruff: build.width/choice for 8, Net.size/choice for 3, read.mode/choice for 'r', step.by/choice for 1, f.x/choice for 1, f.y/choice for 2
