'''@nni.variable(nni.uniform(0, 0.5), name=dropout)'''
CONFIG = {"dropout": 0.1, "layers": 2}
'''@nni.choice(2, 3, name=layers)'''
CONFIG = {"model": {"layers": 2}}
# output
'''@nni.variable(nni.uniform(0, 0.5), name=dropout)'''
import nnic.runtime.trial as __nnic__; CONFIG = {"dropout": (__nnic__.get("case/CONFIG['dropout']/uniform") if __nnic__.has("case/CONFIG['dropout']/uniform") else (0.1)), "layers": 2}
'''@nni.choice(2, 3, name=layers)'''
CONFIG = {"model": {"layers": (2 if __nnic__.is_("case/CONFIG['model']['layers']/choice", 0) else 3 if __nnic__.is_("case/CONFIG['model']['layers']/choice", 1) else (2))}}
# space
# 2:22 case/CONFIG['dropout']/uniform = uniform(0, 0.5) default 0.1
# 4:31 case/CONFIG['model']['layers']/choice = choice(2, 3) default 2
