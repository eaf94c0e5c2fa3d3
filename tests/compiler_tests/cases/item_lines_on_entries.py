CONFIG = {
    # @nni.uniform(0, 0.5)
    "dropout": 0.1,
    1: 2,
    # @nni.choice(2, 3)
    "layers": 2,
}
# output
import nnic.runtime.trial as __nnic__; CONFIG = {
    # @nni.uniform(0, 0.5)
    "dropout": (__nnic__.get("case/CONFIG['dropout']/uniform") if __nnic__.has("case/CONFIG['dropout']/uniform") else (0.1)),
    1: 2,
    # @nni.choice(2, 3)
    "layers": (2 if __nnic__.is_("case/CONFIG['layers']/choice", 0) else 3 if __nnic__.is_("case/CONFIG['layers']/choice", 1) else (2)),
}
# space
# 3:16 case/CONFIG['dropout']/uniform = uniform(0, 0.5) default 0.1
# 6:15 case/CONFIG['layers']/choice = choice(2, 3) default 2
