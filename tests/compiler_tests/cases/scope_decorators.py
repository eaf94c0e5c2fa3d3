from m import cache, f, register


@register(name="a", order=1)  # a plain comment
@cache(
    size=8,  # @nni.choice(8, 16)
)
def build(width=8):
    return width


@register(
    # @nni.choice("b", "c")
    name="b",
)
class Net:
    pass
# output
import nnic.runtime.trial as __nnic__; from m import cache, f, register


@register(name="a", order=1)  # a plain comment
@cache(
    size=(8 if __nnic__.is_('case/cache.size/choice', 0) else 16 if __nnic__.is_('case/cache.size/choice', 1) else (8)),  # @nni.choice(8, 16)
)
def build(width=8):
    return width


@register(
    # @nni.choice("b", "c")
    name=('b' if __nnic__.is_('case/register.name/choice', 0) else 'c' if __nnic__.is_('case/register.name/choice', 1) else ("b")),
)
class Net:
    pass
# space
# 6:10 case/cache.size/choice = choice(8, 16) default 8
# 14:10 case/register.name/choice = choice('b', 'c') default 'b'
