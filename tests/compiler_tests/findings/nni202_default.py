a = 5  # @nni.choice(1, 2)  # W: NNI202 22-26 the script's own value 5 is not among the options
b = 5  # @nni.uniform(0, 1)  # W: NNI202 23-27 the script's own value 5 lies outside of nni.uniform(0, 1)
c = None  # @nni.uniform(0, 1)  # W: NNI202 26-30 the script's own value None lies outside of nni.uniform(0, 1)
d = 1  # @nni.choice(1.0, 2.0)  # W: NNI202 22-30 the script's own value 1 is not among the options
e = 2.5  # @nni.randint(0, 9)  # W: NNI202 25-29 the script's own value 2.5 lies outside of nni.randint(0, 9)
f = -1  # @nni.loguniform(1, 3)  # W: NNI202 27-31 the script's own value -1 lies outside of nni.loguniform(1, 3)
g = 1  # @nni.choice(1, 2)
h = 0.5  # @nni.uniform(0, 1)
i = len("x")  # @nni.variable(nni.uniform(5, 6), name=i)
j = -1  # @nni.choice(-1, 2)
k = 10**-3  # @nni.choice(0.001, 2)
l = 0  # @nni.uniform(0, 1)
