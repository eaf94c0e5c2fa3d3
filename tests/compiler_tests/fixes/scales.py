lr = 0.01  # @nni.uniform(1e-5, 0.1)
a = 100.0  # @nni.quniform(1, 100000, 0.5)
b = 64  # @nni.uniform(16, (256))
c = 64  # @nni.uniform(16, 256, name=c)
d = 64  # @nni.loguniform(high=256, low=16)
'''@nni.variable(nni.loguniform(16, 256), name=e)'''
e = 64
f = 64  # @nni.uniform(1, 100000)
# fixed
lr = 0.01  # @nni.uniform(1e-5, 0.1)
a = 100.0  # @nni.quniform(1, 100000, 0.5)
b = 64  # @nni.uniform(16, (256))
c = 64  # @nni.uniform(16, 256, name=c)
d = 64  # @nni.loguniform(high=256, low=16)
'''@nni.variable(nni.loguniform(16, 256), name=e)'''
e = 64
f = 64  # @nni.uniform(1, 100000)
# unsafe
lr = 0.01  # @nni.loguniform(1e-5, 0.1)
a = 100.0  # @nni.qloguniform(1, 100000, 0.5)
b = 64  # @nni.quniform(16, (256), 1)
c = 64  # @nni.quniform(16, 256, 1, name=c)
d = 64  # @nni.loguniform(high=256, low=16)
'''@nni.variable(nni.qloguniform(16, 256, 1), name=e)'''
e = 64
f = 64  # @nni.qloguniform(1, 100000, 1)
