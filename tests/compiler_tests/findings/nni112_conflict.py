x = 1  # @nni.choice(1, 2)
x = 1  # @nni.choice(1, 3)  # E: NNI112 10-27 x is annotated twice with different arguments; same names in a file are one parameter
def f():
    x = True  # @nni.choice(True, 2)  # E: NNI112 17-37 x is annotated twice with different arguments; same names in a file are one parameter
    x = 1  # @nni.uniform(1, 2)
    self.x = 1  # @nni.choice(1, 3)
