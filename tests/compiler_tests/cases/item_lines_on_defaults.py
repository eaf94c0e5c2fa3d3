def build(
    x,
    # @nni.choice(8, 16)
    width=8,
    *,
    # @nni.uniform(0, 1)
    drop: float = 0.5,
):
    return x


key = sorted(
    [1, 2],
    key=(
        lambda value,
        # @nni.choice(1, 2)
        factor=1: value * factor
    ),
)
# output
def build(
    x,
    # @nni.choice(8, 16)
    width=(8 if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/build.width/choice', 0) else 16 if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/build.width/choice', 1) else (8)),
    *,
    # @nni.uniform(0, 1)
    drop: float = (__import__("nnic.runtime.trial", fromlist=["has"]).get('case/build.drop/uniform') if __import__("nnic.runtime.trial", fromlist=["has"]).has('case/build.drop/uniform') else (0.5)),
):
    return x


key = sorted(
    [1, 2],
    key=(
        lambda value,
        # @nni.choice(1, 2)
        factor=(1 if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/lambda.factor/choice', 0) else 2 if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/lambda.factor/choice', 1) else (1)): value * factor
    ),
)
# space
# 4:11 case/build.width/choice = choice(8, 16) default 8
# 7:19 case/build.drop/uniform = uniform(0, 1) default 0.5
# 17:16 case/lambda.factor/choice = choice(1, 2) default 1
