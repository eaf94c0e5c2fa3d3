from m import SGD, f, g, p

'''@nni.variable(nni.loguniform(1e-4, 1e-1), name=lr)'''
optimizer = SGD(p, lr=0.01)
'''@nni.choice(1, 2)'''
f(p, width=1)
'''@nni.choice(1, 2, name=width)'''
assert g(p, width=1, depth=2), "widths"
# output
import nnic.runtime.trial as __nnic__; from m import SGD, f, g, p

'''@nni.variable(nni.loguniform(1e-4, 1e-1), name=lr)'''
optimizer = SGD(p, lr=(__nnic__.get('case/optimizer.lr/loguniform') if __nnic__.has('case/optimizer.lr/loguniform') else (0.01)))
'''@nni.choice(1, 2)'''
f(p, width=(1 if __nnic__.is_('case/f.width/choice', 0) else 2 if __nnic__.is_('case/f.width/choice', 1) else (1)))
'''@nni.choice(1, 2, name=width)'''
assert g(p, width=(1 if __nnic__.is_('case/g.width/choice', 0) else 2 if __nnic__.is_('case/g.width/choice', 1) else (1)), depth=2), "widths"
# space
# 4:23 case/optimizer.lr/loguniform = loguniform(0.0001, 0.1) default 0.01
# 6:12 case/f.width/choice = choice(1, 2) default 1
# 8:19 case/g.width/choice = choice(1, 2) default 1
