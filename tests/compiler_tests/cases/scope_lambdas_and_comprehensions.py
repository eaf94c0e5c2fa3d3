from m import f, values

squares = [
    f(
        value,
        power=2,  # @nni.choice(2, 3)
    )
    for value in values
]
pairs = {
    key: {
        "scale": 1,  # @nni.uniform(0, 2)
    }
    for key in values
}
key = lambda q, weight=1: f(q, scale=weight)  # @nni.choice(1, 2, name=weight)  # @nni.choice(weight, 0, name=scale)
# output
import nnic.runtime.trial as __nnic__; from m import f, values

squares = [
    f(
        value,
        power=(2 if __nnic__.is_('case/f.power/choice', 0) else 3 if __nnic__.is_('case/f.power/choice', 1) else (2)),  # @nni.choice(2, 3)
    )
    for value in values
]
pairs = {
    key: {
        "scale": (__nnic__.get("case/pairs['scale']/uniform") if __nnic__.has("case/pairs['scale']/uniform") else (1)),  # @nni.uniform(0, 2)
    }
    for key in values
}
key = lambda q, weight=(1 if __nnic__.is_('case/key.weight/choice', 0) else 2 if __nnic__.is_('case/key.weight/choice', 1) else (1)): f(q, scale=(weight if __nnic__.is_('case/f.scale/choice', 0) else 0 if __nnic__.is_('case/f.scale/choice', 1) else (weight)))  # @nni.choice(1, 2, name=weight)  # @nni.choice(weight, 0, name=scale)
# space
# 6:15 case/f.power/choice = choice(2, 3) default 2
# 12:18 case/pairs['scale']/uniform = uniform(0, 2) default 1
# 16:24 case/key.weight/choice = choice(1, 2) default 1
# 16:38 case/f.scale/choice = choice('weight', 0) default 'weight'
