CONFIG = {
    "dropout": 0.1,  # @nni.uniform(0, 0.5)
    1: 2,  # @nni.choice(2, 3)
    "model": {
        "layers": 2,  # @nni.choice(2, 3)
    },
}
# output
import nnic.runtime.trial as __nnic__; CONFIG = {
    "dropout": (__nnic__.get("case/CONFIG['dropout']/uniform") if __nnic__.has("case/CONFIG['dropout']/uniform") else (0.1)),  # @nni.uniform(0, 0.5)
    1: (2 if __nnic__.is_('case/CONFIG[1]/choice', 0) else 3 if __nnic__.is_('case/CONFIG[1]/choice', 1) else (2)),  # @nni.choice(2, 3)
    "model": {
        "layers": (2 if __nnic__.is_("case/CONFIG['model']['layers']/choice", 0) else 3 if __nnic__.is_("case/CONFIG['model']['layers']/choice", 1) else (2)),  # @nni.choice(2, 3)
    },
}
# space
# 2:16 case/CONFIG['dropout']/uniform = uniform(0, 0.5) default 0.1
# 3:8 case/CONFIG[1]/choice = choice(2, 3) default 2
# 5:19 case/CONFIG['model']['layers']/choice = choice(2, 3) default 2
