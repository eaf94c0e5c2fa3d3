'''@nni.variable(nni.choice(1, 2, 1), name=a)'''  # W: NNI201 35-36 option 1 occurs twice
a = 1
b = 1  # @nni.choice(1, 2, 1)  # E: NNI201 28-29 option 1 occurs twice
c = 1  # @nni.choice(f(1), f( 1 ))  # E: NNI201 28-34 option f( 1 ) occurs twice
d = 1  # @nni.choice(1, 1.0, True, '1')
def f(x): ...
x = "relu"  # @nni.choice("relu", relu)  # E: NNI201 35-39 "relu" and relu differ, but have the same name in the search space
y = 0.1  # @nni.choice(0.1, 1e-1, .1)  # E: NNI201 29-33 option 1e-1 occurs twice  # E: NNI201 35-37 option .1 occurs twice
