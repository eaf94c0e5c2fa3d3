x = 1  # @nni.choice(1, 2)
def f():
    x = 1  # @nni.choice(1, 2)  # N: NNI301 14-31 x is the same parameter as the x annotated before
    y = 1  # @nni.choice(1, 2)
    self.x = 1  # @nni.choice(1, 2)
