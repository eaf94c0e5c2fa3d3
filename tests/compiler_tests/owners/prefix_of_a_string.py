name = other or u"data"  # @nni.choice(other or u"data", "text")
# @nni.choice(f(u"data", nni.uniform(0, 1)), "text", name=call)
call = f(u"data", 0.5)
# black
name = other or "data"  # @nni.choice(other or u"data", "text")
# @nni.choice(f(u"data", nni.uniform(0, 1)), "text", name=call)
call = f("data", 0.5)
# ruff
name = other or "data"  # @nni.choice(other or u"data", "text")
# @nni.choice(f(u"data", nni.uniform(0, 1)), "text", name=call)
call = f("data", 0.5)
# means
# written: name/choice for other or 'data', call/choice for f('data', 0.5), call/choice/0/1/uniform for ()
# black: name/choice for other or 'data', call/choice for f('data', 0.5), call/choice/0/1/uniform for ()
# ruff: name/choice for other or 'data', call/choice for f('data', 0.5), call/choice/0/1/uniform for ()
