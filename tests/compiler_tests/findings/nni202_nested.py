a = -1.5  # @nni.choice(nni.uniform(0, 1), -nni.uniform(1, 2))
b = 0.5  # @nni.choice(nni.uniform(1, 2), nni.uniform(0, 1))
c = 3  # @nni.choice(nni.choice(1, 2), nni.choice(3, 4))
d = 5  # @nni.choice(nni.uniform(0, 1), nni.uniform(1, 2))  # W: NNI202 34-38 the script's own value 5 lies outside of nni.uniform(0, 1)
e = f(5)  # @nni.choice(f(nni.uniform(0, 1)), f(nni.uniform(4, 6)))  # W: NNI206 25-26 f is not defined anywhere in this file  # W: NNI209 61-65 the script's own value 5 is an int, and nni.uniform(4, 6) gives floats
