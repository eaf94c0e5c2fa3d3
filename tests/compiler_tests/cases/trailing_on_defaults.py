def build(depth=2, *, width=8):  # @nni.choice(8, 16, name=width)
    return depth * width


async def later(x, /, y=1):  # @nni.choice(1, 2)
    return x + y
# output
def build(depth=2, *, width=(8 if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/build.width/choice', 0) else 16 if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/build.width/choice', 1) else (8))):  # @nni.choice(8, 16, name=width)
    return depth * width


async def later(x, /, y=(1 if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/later.y/choice', 0) else 2 if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/later.y/choice', 1) else (1))):  # @nni.choice(1, 2)
    return x + y
# space
# 1:29 case/build.width/choice = choice(8, 16) default 8
# 5:25 case/later.y/choice = choice(1, 2) default 1
