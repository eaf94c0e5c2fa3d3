from m import SGD, f, p

optimizer = SGD(
    p,
    lr=0.01,  # @nni.loguniform(1e-4, 1e-1)
    momentum=0.9,  # noqa  # @nni.uniform(0, 0.99)
    weights=f(
        decay=0.1,  # @nni.uniform(0, 1)
    ),
)
# output
import nnic.runtime.trial as __nnic__; from m import SGD, f, p

optimizer = SGD(
    p,
    lr=(__nnic__.get('case/optimizer.lr/loguniform') if __nnic__.has('case/optimizer.lr/loguniform') else (0.01)),  # @nni.loguniform(1e-4, 1e-1)
    momentum=(__nnic__.get('case/optimizer.momentum/uniform') if __nnic__.has('case/optimizer.momentum/uniform') else (0.9)),  # noqa  # @nni.uniform(0, 0.99)
    weights=f(
        decay=(__nnic__.get('case/f.decay/uniform') if __nnic__.has('case/f.decay/uniform') else (0.1)),  # @nni.uniform(0, 1)
    ),
)
# space
# 5:8 case/optimizer.lr/loguniform = loguniform(0.0001, 0.1) default 0.01
# 6:14 case/optimizer.momentum/uniform = uniform(0, 0.99) default 0.9
# 8:15 case/f.decay/uniform = uniform(0, 1) default 0.1
