from m import SGD, f, g, p

optimizer = SGD(
    p, lr=0.01,  # @nni.loguniform(1e-4, 1e-1)
    momentum=0.9,  # @nni.uniform(0, 0.99)
)
assert p, f(
    a=1, b=2  # @nni.choice(1, 2, name=b)
)
# output
import nnic.runtime.trial as __nnic__; from m import SGD, f, g, p

optimizer = SGD(
    p, lr=(__nnic__.get('case/optimizer.lr/loguniform') if __nnic__.has('case/optimizer.lr/loguniform') else (0.01)),  # @nni.loguniform(1e-4, 1e-1)
    momentum=(__nnic__.get('case/optimizer.momentum/uniform') if __nnic__.has('case/optimizer.momentum/uniform') else (0.9)),  # @nni.uniform(0, 0.99)
)
assert p, f(
    a=1, b=(1 if __nnic__.is_('case/f.b/choice', 0) else 2 if __nnic__.is_('case/f.b/choice', 1) else (2))  # @nni.choice(1, 2, name=b)
)
# space
# 4:11 case/optimizer.lr/loguniform = loguniform(0.0001, 0.1) default 0.01
# 5:14 case/optimizer.momentum/uniform = uniform(0, 0.99) default 0.9
# 8:12 case/f.b/choice = choice(1, 2) default 2
