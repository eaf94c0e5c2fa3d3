from m import SGD, f, p

optimizer = SGD(
    p,
    # @nni.loguniform(1e-4, 1e-1)
    lr=0.01,
    # @nni.choice(
    #     True,
    #     False,
    # )
    nesterov=True,
)
assert f(
    # @nni.choice(1, 2)
    width=f(1),
), p
# output
import nnic.runtime.trial as __nnic__; from m import SGD, f, p

optimizer = SGD(
    p,
    # @nni.loguniform(1e-4, 1e-1)
    lr=(__nnic__.get('case/optimizer.lr/loguniform') if __nnic__.has('case/optimizer.lr/loguniform') else (0.01)),
    # @nni.choice(
    #     True,
    #     False,
    # )
    nesterov=(True if __nnic__.is_('case/optimizer.nesterov/choice', 0) else False if __nnic__.is_('case/optimizer.nesterov/choice', 1) else (True)),
)
assert f(
    # @nni.choice(1, 2)
    width=(1 if __nnic__.is_('case/f.width/choice', 0) else 2 if __nnic__.is_('case/f.width/choice', 1) else __nnic__.own('case/f.width/choice', (f(1)))),
), p
# space
# 6:8 case/optimizer.lr/loguniform = loguniform(0.0001, 0.1) default 0.01
# 11:14 case/optimizer.nesterov/choice = choice(True, False) default True
# 15:11 case/f.width/choice = choice(1, 2) default ?
