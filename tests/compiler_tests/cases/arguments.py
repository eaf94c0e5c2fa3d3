LOW = 10**-4
high = LOW * 100

a = 0.001  # @nni.loguniform(LOW, high)
b = 0.5  # @nni.uniform(high=1, low=0)
c = 4  # @nni.quniform(0, 2 * 8, q=2)
d = 4.0  # @nni.quniform(0, 16, 2)
e = 3  # @nni.randint(-1, 1 + 9)
f = 1  # @nni.normal(mu=0, sigma=1.5)
g = 2  # @nni.qlognormal(0, 1, 1)
# output
import nnic.runtime.trial as __nnic__; LOW = 10**-4
high = LOW * 100

a = (__nnic__.get('case/a/loguniform') if __nnic__.has('case/a/loguniform') else (0.001))  # @nni.loguniform(LOW, high)
b = (__nnic__.get('case/b/uniform') if __nnic__.has('case/b/uniform') else (0.5))  # @nni.uniform(high=1, low=0)
c = (__nnic__.get('case/c/quniform') if __nnic__.has('case/c/quniform') else (4))  # @nni.quniform(0, 2 * 8, q=2)
d = (__nnic__.get('case/d/quniform') if __nnic__.has('case/d/quniform') else (4.0))  # @nni.quniform(0, 16, 2)
e = (__nnic__.get('case/e/randint') if __nnic__.has('case/e/randint') else (3))  # @nni.randint(-1, 1 + 9)
f = (__nnic__.get('case/f/normal') if __nnic__.has('case/f/normal') else (1))  # @nni.normal(mu=0, sigma=1.5)
g = (__nnic__.get('case/g/qlognormal') if __nnic__.has('case/g/qlognormal') else (2))  # @nni.qlognormal(0, 1, 1)
# space
# 4:5 case/a/loguniform = loguniform(0.0001, 0.01) default 0.001
# 5:5 case/b/uniform = uniform(0, 1) default 0.5
# 6:5 case/c/quniform = quniform(0, 16, 2) default 4
# 7:5 case/d/quniform = quniform(0, 16, 2) default 4.0
# 8:5 case/e/randint = randint(-1, 10) default 3
# 9:5 case/f/normal = normal(0, 1.5) default 1
# 10:5 case/g/qlognormal = qlognormal(0, 1, 1) default 2
