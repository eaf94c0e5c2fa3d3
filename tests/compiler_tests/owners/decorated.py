@register( name = 'a')  # a plain comment
@cache(
    size = 8,  # @nni.choice(8, 16)
)
def build(width=8): pass
# @nni.choice(1, 2, name=order)
@register(order = 1)
class Net: pass
# black
@register(name="a")  # a plain comment
@cache(
    size=8,  # @nni.choice(8, 16)
)
def build(width=8):
    pass


# @nni.choice(1, 2, name=order)
@register(order=1)
class Net:
    pass
# ruff
@register(name="a")  # a plain comment
@cache(
    size=8,  # @nni.choice(8, 16)
)
def build(width=8):
    pass


# @nni.choice(1, 2, name=order)
@register(order=1)
class Net:
    pass
# means
# written: cache.size/choice for 8, register.order/choice for 1
# black: cache.size/choice for 8, register.order/choice for 1
# ruff: cache.size/choice for 8, register.order/choice for 1
