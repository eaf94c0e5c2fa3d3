import nni
from layers import relu, tanh, conv, pool
lr = nni.uniform(0, 1)
activation = nni.choice({"relu": relu, 3: tanh})
layer = nni.function_choice({"conv": lambda: conv(3), "pool": pool}, name="layer")
nested = nni.choice({"fixed": 1,
                     "free": nni.randint(2, 9)})
def build(width=nni.quniform(16, 64, 16, name="width"), *, depth=[nni.normal(0, 1)]):
    return f"{nni.uniform(0, 1)}"
class Net:
    dropout: float = nni.loguniform(1e-3, 1)
# output
import nnic.runtime.trial as __nnic__; import nni
from layers import relu, tanh, conv, pool
lr = (__nnic__.get('case/__line3/uniform') if __nnic__.has('case/__line3/uniform') else __nnic__.own('case/__line3/uniform', (nni.uniform(0, 1))))
activation = (relu if __nnic__.is_('case/__line4/choice', 0) else tanh if __nnic__.is_('case/__line4/choice', 1) else (nni.choice({"relu": relu, 3: tanh})))
layer = ((lambda: conv(3))() if __nnic__.is_('case/layer/function_choice', 0) else pool() if __nnic__.is_('case/layer/function_choice', 1) else (nni.function_choice({"conv": lambda: conv(3), "pool": pool}, name="layer")))
nested = (1 if __nnic__.is_('case/__line6/choice', 0) else __nnic__.get('case/__line7/randint') if __nnic__.is_('case/__line6/choice', 1) else (nni.choice({"fixed": 1,
                     "free": nni.randint(2, 9)})))
def build(width=(__nnic__.get('case/width/quniform') if __nnic__.has('case/width/quniform') else __nnic__.own('case/width/quniform', (nni.quniform(16, 64, 16, name="width")))), *, depth=[(__nnic__.get('case/__line8/normal') if __nnic__.has('case/__line8/normal') else __nnic__.own('case/__line8/normal', (nni.normal(0, 1))))]):
    return f"{nni.uniform(0, 1)}"
class Net:
    dropout: float = (__nnic__.get('case/__line11/loguniform') if __nnic__.has('case/__line11/loguniform') else __nnic__.own('case/__line11/loguniform', (nni.loguniform(1e-3, 1))))
# space
# 3:6 case/__line3/uniform = uniform(0, 1) default ?
# 4:14 case/__line4/choice = choice('relu', 3) default ?
# 5:9 case/layer/function_choice = choice('conv', 'pool') default ?
# 6:10 case/__line6/choice = choice('fixed', 'free') default ?
# 7:30 case/__line7/randint = randint(2, 9) default ? if case/__line6/choice is 1
# 8:67 case/__line8/normal = normal(0, 1) default ?
# 8:17 case/width/quniform = quniform(16, 64, 16) default ?
# 11:22 case/__line11/loguniform = loguniform(0.001, 1) default ?
