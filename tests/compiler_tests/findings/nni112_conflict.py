x = 1  # @nni.choice(1, 2)
x = 1  # @nni.choice(1, 3)  # E: NNI112 10-27 x is annotated twice with different arguments; same names in a file are one parameter
def f():
    x = True  # @nni.choice(True, 2)  # E: NNI112 17-37 x is annotated twice with different arguments; same names in a file are one parameter
    x = 1  # @nni.uniform(1, 2)
    self.x = 1  # @nni.choice(1, 3)
# ---
a = 1  # @nni.choice(1, 2, label='w')
b = 2  # @nni.choice(1, 2, label='w')  # N: NNI301 10-38 w is the same parameter as the w annotated before
c = 1  # @nni.randint(1, 5, label='w')  # E: NNI112 10-39 label w stands for one parameter, but its annotations differ
d = 1  # @nni.choice(1, 3, label='w')  # E: NNI112 10-38 label w stands for one parameter, but its annotations differ
# ---
f(k=1)  # @nni.choice(1, 2)
f(k=1)  # @nni.choice(1, 2)  # E: NNI112 11-28 two values are called f.k, which would be one parameter
f(k=1)  # @nni.choice(1, 2, label='other')
# ---
import nni
pair = [nni.uniform(0, 1), nni.uniform(0, 2)]  # E: NNI112 28-45 only one smart parameter on a line can do without a name
pair = [nni.uniform(0, 1, name='a'), nni.uniform(0, 2, name='b')]
