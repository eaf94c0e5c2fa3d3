lr = 1e-3  # @nni.loguniform(1e-1, 1e-5)
b = 1  # @nni.uniform(high=1, low=2)
# @nni.quniform(
#     10, 1, 1)
c = 1
d = 5  # @nni.randint(5, 5)
'''@nni.variable(nni.uniform(10.5, 0.0001), name=f)'''
f = 5.0
# both at once: the word first, then the range
g = 5.0  # @nni.unifrom(9.5, 1)
# fixed
lr = 1e-3  # @nni.loguniform(1e-5, 1e-1)
b = 1  # @nni.uniform(high=2, low=1)
# @nni.quniform(
#     1, 10, 1)
c = 1
d = 5  # @nni.randint(5, 5)
'''@nni.variable(nni.uniform(10.5, 0.0001), name=f)'''
f = 5.0
# both at once: the word first, then the range
g = 5.0  # @nni.uniform(1, 9.5)
# unsafe
lr = 1e-3  # @nni.loguniform(1e-5, 1e-1)
b = 1  # @nni.uniform(high=2, low=1)
# @nni.quniform(
#     1, 10, 1)
c = 1
d = 5  # @nni.randint(5, 5)
'''@nni.variable(nni.loguniform(0.0001, 10.5), name=f)'''
f = 5.0
# both at once: the word first, then the range
g = 5.0  # @nni.uniform(1, 9.5)
