from m import f, table

try:
    f()
except* f(
    kind=1,  # @nni.choice(1, 2)
):
    x = 1  # @nni.choice(1, 2)
finally:
    table[*x, 1] = 2  # @nni.choice(2, 3)
# output
import nnic.runtime.trial as __nnic__; from m import f, table

try:
    f()
except* f(
    kind=(1 if __nnic__.is_('case/f.kind/choice', 0) else 2 if __nnic__.is_('case/f.kind/choice', 1) else (1)),  # @nni.choice(1, 2)
):
    x = (1 if __nnic__.is_('case/x/choice', 0) else 2 if __nnic__.is_('case/x/choice', 1) else (1))  # @nni.choice(1, 2)
finally:
    table[*x, 1] = (2 if __nnic__.is_('case/table[*x, 1]/choice', 0) else 3 if __nnic__.is_('case/table[*x, 1]/choice', 1) else (2))  # @nni.choice(2, 3)
# space
# 6:10 case/f.kind/choice = choice(1, 2) default 1
# 8:9 case/x/choice = choice(1, 2) default 1
# 10:20 case/table[*x, 1]/choice = choice(2, 3) default 2
