# @nni.choice(8, 16, name=width)
def build(depth=2, *, width=8):
    return depth * width


# @nni.choice(1, 2)
async def later(x, /, y=1):
    return x + y
# output
import nnic.runtime.trial as __nnic__  # @nni.choice(8, 16, name=width)
def build(depth=2, *, width=(8 if __nnic__.is_('case/build.width/choice', 0) else 16 if __nnic__.is_('case/build.width/choice', 1) else (8))):
    return depth * width


# @nni.choice(1, 2)
async def later(x, /, y=(1 if __nnic__.is_('case/later.y/choice', 0) else 2 if __nnic__.is_('case/later.y/choice', 1) else (1))):
    return x + y
# space
# 2:29 case/build.width/choice = choice(8, 16) default 8
# 7:25 case/later.y/choice = choice(1, 2) default 1
