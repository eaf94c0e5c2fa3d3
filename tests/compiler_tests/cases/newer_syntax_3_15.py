lazy import m
lazy from m import f

lazy = f(k=1)  # @nni.choice(1, 2, name=k)
# output
import nnic.runtime.trial as __nnic__; lazy import m
lazy from m import f

lazy = f(k=(1 if __nnic__.is_('case/lazy.k/choice', 0) else 2 if __nnic__.is_('case/lazy.k/choice', 1) else (1)))  # @nni.choice(1, 2, name=k)
# space
# 4:12 case/lazy.k/choice = choice(1, 2) default 1
