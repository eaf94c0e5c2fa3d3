from m import A, f, g, x

match f(x=1):  # @nni.choice(1, 2)
    case [a, *_]:
        pass
    case A(b) if g(y=2):  # @nni.choice(2, 3)
        pass
    case _ if g(
        # @nni.choice(1, 3, label="before")
        z=3,
        y=4,  # @nni.choice(4, 5, label="behind")
    ):
        pass
try:
    pass
except f(kind=1):  # @nni.choice(1, 2)
    pass
if f(p=1):  # @nni.choice(1, 2)
    pass
elif f(q=1):  # @nni.choice(1, 2)
    pass
# output
import nnic.runtime.trial as __nnic__; from m import A, f, g, x

match f(x=(1 if __nnic__.is_('case/f.x/choice', 0) else 2 if __nnic__.is_('case/f.x/choice', 1) else (1))):  # @nni.choice(1, 2)
    case [a, *_]:
        pass
    case A(b) if g(y=(2 if __nnic__.is_('case/g.y/choice', 0) else 3 if __nnic__.is_('case/g.y/choice', 1) else (2))):  # @nni.choice(2, 3)
        pass
    case _ if g(
        # @nni.choice(1, 3, label="before")
        z=(1 if __nnic__.is_('*/before/choice', 0) else 3 if __nnic__.is_('*/before/choice', 1) else (3)),
        y=(4 if __nnic__.is_('*/behind/choice', 0) else 5 if __nnic__.is_('*/behind/choice', 1) else (4)),  # @nni.choice(4, 5, label="behind")
    ):
        pass
try:
    pass
except f(kind=(1 if __nnic__.is_('case/f.kind/choice', 0) else 2 if __nnic__.is_('case/f.kind/choice', 1) else (1))):  # @nni.choice(1, 2)
    pass
if f(p=(1 if __nnic__.is_('case/f.p/choice', 0) else 2 if __nnic__.is_('case/f.p/choice', 1) else (1))):  # @nni.choice(1, 2)
    pass
elif f(q=(1 if __nnic__.is_('case/f.q/choice', 0) else 2 if __nnic__.is_('case/f.q/choice', 1) else (1))):  # @nni.choice(1, 2)
    pass
# space
# 3:11 case/f.x/choice = choice(1, 2) default 1
# 6:22 case/g.y/choice = choice(2, 3) default 2
# 10:11 */before/choice = choice(1, 3) default 3
# 11:11 */behind/choice = choice(4, 5) default 4
# 16:15 case/f.kind/choice = choice(1, 2) default 1
# 18:8 case/f.p/choice = choice(1, 2) default 1
# 20:10 case/f.q/choice = choice(1, 2) default 1
