d = 0.1  # @nni.choice("d", [0.1, 0.01])
g = 0.5  # @nni.uniform("g", 0, 1, name=g)
i = 5  # @nni.randint(10)
j = 5  # @nni.quniform(0, 10)
'''@nni.variable(nni.choice("k", [1, 2]), name=k)'''
k = 1
'''@nni.variable(nni.normal("l", 1, 2), name=l)'''
l = 1
m = int("3")  # @nni.choice([1, 2], name=m)
n = 1  # @nni.choice(1, 1.0, 1, 1, 2, 1)
# fixed
d = 0.1  # @nni.choice(0.1, 0.01)
g = 0.5  # @nni.uniform(0, 1, name=g)
i = 5  # @nni.randint(0, 10)
j = 5  # @nni.quniform(0, 10)
'''@nni.variable(nni.choice("k", [1, 2]), name=k)'''
k = 1
'''@nni.variable(nni.normal(1, 2), name=l)'''
l = 1
m = int("3")  # @nni.choice([1, 2], name=m)
n = 1  # @nni.choice(1, 1.0, 1, 1, 2, 1)
# unsafe
d = 0.1  # @nni.choice(0.1, 0.01)
g = 0.5  # @nni.uniform(0, 1, name=g)
i = 5  # @nni.randint(0, 10)
j = 5  # @nni.quniform(0, 10, 1)
'''@nni.variable(nni.choice(1, 2), name=k)'''
k = 1
'''@nni.variable(nni.normal(1, 2), name=l)'''
l = 1
m = int("3")  # @nni.choice(1, 2, name=m)
n = 1  # @nni.choice(1, 1.0, 2)
