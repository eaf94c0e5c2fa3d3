from m import read, use


def outer(
    a=1,  # @nni.choice(1, 2)
):
    x = 1  # @nni.choice(1, a)

    def inner(
        b=2,  # @nni.choice(2, 3)
    ):
        nonlocal x
        x = 2  # @nni.choice(2, b, label="inner x")
        global y
        y = 3  # @nni.choice(3, x)
        return use(
            c=4,  # @nni.choice(4, y)
        )

    return inner


def generator(values):
    z = yield from values  # @nni.choice((yield 1), [])
    yield use(
        z,
        k=1,  # @nni.choice(1, 2)
    )


async def coroutine(values):
    v = await read(1)  # @nni.choice(await read(2), 3)
    async with read(
        mode="r",  # @nni.choice("r", "b")
    ):
        async for item in values:
            w = [i async for i in item]  # @nni.choice([i async for i in v], [])
    return v, w
# output
import nnic.runtime.trial as __nnic__; from m import read, use


def outer(
    a=(1 if __nnic__.is_('case/outer.a/choice', 0) else 2 if __nnic__.is_('case/outer.a/choice', 1) else (1)),  # @nni.choice(1, 2)
):
    x = (1 if __nnic__.is_('case/x/choice', 0) else a if __nnic__.is_('case/x/choice', 1) else (1))  # @nni.choice(1, a)

    def inner(
        b=(2 if __nnic__.is_('case/outer.inner.b/choice', 0) else 3 if __nnic__.is_('case/outer.inner.b/choice', 1) else (2)),  # @nni.choice(2, 3)
    ):
        nonlocal x
        x = (2 if __nnic__.is_('*/inner x/choice', 0) else b if __nnic__.is_('*/inner x/choice', 1) else (2))  # @nni.choice(2, b, label="inner x")
        global y
        y = (3 if __nnic__.is_('case/y/choice', 0) else x if __nnic__.is_('case/y/choice', 1) else (3))  # @nni.choice(3, x)
        return use(
            c=(4 if __nnic__.is_('case/use.c/choice', 0) else y if __nnic__.is_('case/use.c/choice', 1) else (4)),  # @nni.choice(4, y)
        )

    return inner


def generator(values):
    z = (((yield 1)) if __nnic__.is_('case/z/choice', 0) else [] if __nnic__.is_('case/z/choice', 1) else (yield from values))  # @nni.choice((yield 1), [])
    yield use(
        z,
        k=(1 if __nnic__.is_('case/use.k/choice', 0) else 2 if __nnic__.is_('case/use.k/choice', 1) else (1)),  # @nni.choice(1, 2)
    )


async def coroutine(values):
    v = ((await read(2)) if __nnic__.is_('case/v/choice', 0) else 3 if __nnic__.is_('case/v/choice', 1) else (await read(1)))  # @nni.choice(await read(2), 3)
    async with read(
        mode=('r' if __nnic__.is_('case/read.mode/choice', 0) else 'b' if __nnic__.is_('case/read.mode/choice', 1) else ("r")),  # @nni.choice("r", "b")
    ):
        async for item in values:
            w = (([i async for i in v]) if __nnic__.is_('case/w/choice', 0) else [] if __nnic__.is_('case/w/choice', 1) else ([i async for i in item]))  # @nni.choice([i async for i in v], [])
    return v, w
# space
# 5:7 case/outer.a/choice = choice(1, 2) default 1
# 7:9 case/x/choice = choice(1, 'a') default 1
# 10:11 case/outer.inner.b/choice = choice(2, 3) default 2
# 13:13 */inner x/choice = choice(2, 'b') default 2
# 15:13 case/y/choice = choice(3, 'x') default 3
# 17:15 case/use.c/choice = choice(4, 'y') default 4
# 24:9 case/z/choice = choice('(yield 1)', '[]') default ?
# 27:11 case/use.k/choice = choice(1, 2) default 1
# 32:9 case/v/choice = choice('(await read(2))', 3) default ?
# 34:14 case/read.mode/choice = choice('r', 'b') default 'r'
# 37:17 case/w/choice = choice('[i async for i in v]', '[]') default ?
