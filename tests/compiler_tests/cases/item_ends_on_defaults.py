def build(
    x,
    width=8,  # @nni.choice(8, 16)
    *,
    drop: float = 0.5,  # @nni.uniform(0, 1)
):
    return x


class Net:
    def __init__(
        self,
        depth=2,  # @nni.choice(2, 3)
    ):
        self.depth = depth
# output
def build(
    x,
    width=(8 if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/build.width/choice', 0) else 16 if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/build.width/choice', 1) else (8)),  # @nni.choice(8, 16)
    *,
    drop: float = (__import__("nnic.runtime.trial", fromlist=["has"]).get('case/build.drop/uniform') if __import__("nnic.runtime.trial", fromlist=["has"]).has('case/build.drop/uniform') else (0.5)),  # @nni.uniform(0, 1)
):
    return x


class Net:
    def __init__(
        self,
        depth=(2 if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/Net.__init__.depth/choice', 0) else 3 if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/Net.__init__.depth/choice', 1) else (2)),  # @nni.choice(2, 3)
    ):
        self.depth = depth
# space
# 3:11 case/build.width/choice = choice(8, 16) default 8
# 5:19 case/build.drop/uniform = uniform(0, 1) default 0.5
# 13:15 case/Net.__init__.depth/choice = choice(2, 3) default 2
