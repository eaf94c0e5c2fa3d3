from m import SGD, f, p

optimizer = SGD(p, lr=0.01)  # @nni.loguniform(1e-4, 1e-1, name=lr)
f(p, width=1)  # @nni.choice(1, 2)
with f(p, depth=1) as x:  # @nni.choice(1, 2)
    pass
# output
import nnic.runtime.trial as __nnic__; from m import SGD, f, p

optimizer = SGD(p, lr=(__nnic__.get('case/optimizer.lr/loguniform') if __nnic__.has('case/optimizer.lr/loguniform') else (0.01)))  # @nni.loguniform(1e-4, 1e-1, name=lr)
f(p, width=(1 if __nnic__.is_('case/f.width/choice', 0) else 2 if __nnic__.is_('case/f.width/choice', 1) else (1)))  # @nni.choice(1, 2)
with f(p, depth=(1 if __nnic__.is_('case/f.depth/choice', 0) else 2 if __nnic__.is_('case/f.depth/choice', 1) else (1))) as x:  # @nni.choice(1, 2)
    pass
# space
# 3:23 case/optimizer.lr/loguniform = loguniform(0.0001, 0.1) default 0.01
# 4:12 case/f.width/choice = choice(1, 2) default 1
# 5:17 case/f.depth/choice = choice(1, 2) default 1
