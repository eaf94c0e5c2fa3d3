name = other or u"data"  # @nni.choice(other or u"data", "text")
# @nni.choice(f(u"data", nni.uniform(0, 1)), "text", name=call)
call = f(u"data", 0.5)
data["vary"] = 1  # @nni.choice(1, 2, name=data[u'vary'])
data[u"more"] = 1  # @nni.choice(1, 2)
# black
name = other or "data"  # @nni.choice(other or u"data", "text")
# @nni.choice(f(u"data", nni.uniform(0, 1)), "text", name=call)
call = f("data", 0.5)
data["vary"] = 1  # @nni.choice(1, 2, name=data[u'vary'])
data["more"] = 1  # @nni.choice(1, 2)
# ruff
name = other or "data"  # @nni.choice(other or u"data", "text")
# @nni.choice(f(u"data", nni.uniform(0, 1)), "text", name=call)
call = f("data", 0.5)
data["vary"] = 1  # @nni.choice(1, 2, name=data[u'vary'])
data["more"] = 1  # @nni.choice(1, 2)
# means
# written: name/choice for other or 'data', call/choice for f('data', 0.5), call/choice/0/1/uniform for (), data['vary']/choice for 1, data['more']/choice for 1
# black: name/choice for other or 'data', call/choice for f('data', 0.5), call/choice/0/1/uniform for (), data['vary']/choice for 1, data['more']/choice for 1
# ruff: name/choice for other or 'data', call/choice for f('data', 0.5), call/choice/0/1/uniform for (), data['vary']/choice for 1, data['more']/choice for 1
