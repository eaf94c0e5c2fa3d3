lr = 1e-3  # @nni.loguniform(1e-1, 1e-5)  # E: NNI103 30-40 low 0.1 is not below high 1e-05
b = 1  # @nni.uniform(1, 1)  # E: NNI103 23-27 low 1 is not below high 1
c = 1  # @nni.quniform(10, 1, 1)  # E: NNI103 24-29 low 10 is not below high 1
d = 5  # @nni.randint(5, 5)  # E: NNI103 23-27 low 5 is not below high 5
e = 5  # @nni.uniform(high=1, low=5)  # E: NNI103 28-36 low 5 is not below high 1
'''@nni.variable(nni.uniform(10.5, 0.0001), name=f)'''  # W: NNI103 30-42 low 10.5 is not below high 0.0001
f = 5
'''@nni.variable(nni.randint(7, 2), name=g)'''  # E: NNI103 30-34 low 7 is not below high 2
g = 5
h = 5.0  # @nni.uniform(1, 10)
i = 5  # @nni.randint(5, 6)
