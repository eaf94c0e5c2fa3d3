from m import SGD, f, p

# @nni.loguniform(1e-4, 1e-1, name=lr)
# @nni.uniform(0, 0.99, name=momentum)
optimizer = SGD(p, lr=0.01, momentum=0.9)
# @nni.choice(1, 2)
f(p, width=1)
# @nni.choice(1, 2)
for x in f(p, depth=1):
    pass
# output
import nnic.runtime.trial as __nnic__; from m import SGD, f, p

# @nni.loguniform(1e-4, 1e-1, name=lr)
# @nni.uniform(0, 0.99, name=momentum)
optimizer = SGD(p, lr=(__nnic__.get('case/optimizer.lr/loguniform') if __nnic__.has('case/optimizer.lr/loguniform') else (0.01)), momentum=(__nnic__.get('case/optimizer.momentum/uniform') if __nnic__.has('case/optimizer.momentum/uniform') else (0.9)))
# @nni.choice(1, 2)
f(p, width=(1 if __nnic__.is_('case/f.width/choice', 0) else 2 if __nnic__.is_('case/f.width/choice', 1) else (1)))
# @nni.choice(1, 2)
for x in f(p, depth=(1 if __nnic__.is_('case/f.depth/choice', 0) else 2 if __nnic__.is_('case/f.depth/choice', 1) else (1))):
    pass
# space
# 5:23 case/optimizer.lr/loguniform = loguniform(0.0001, 0.1) default 0.01
# 5:38 case/optimizer.momentum/uniform = uniform(0, 0.99) default 0.9
# 7:12 case/f.width/choice = choice(1, 2) default 1
# 9:21 case/f.depth/choice = choice(1, 2) default 1
