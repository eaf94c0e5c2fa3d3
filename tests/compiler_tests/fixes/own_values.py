a = 5  # @nni.choice(1, 2)
b = 'it''s'  # @nni.choice('a', name=b)
'''@nni.variable(nni.choice(1, 2), name=c)'''
c = -5
# one option that is a list needs another mending
d = 1  # @nni.choice([1, 2])
e = 1  # @nni.choice((1, 2), (3))
f = 9  # @nni.uniform(0.0, 1)
g = 1  # @nni.choice((1, 2), (3),)
# @nni.choice(2,
#             3)
h = 1
# @nni.choice(2,  # the first
#             3)
i = 1
# fixed
a = 5  # @nni.choice(1, 2)
b = 'it''s'  # @nni.choice('a', name=b)
'''@nni.variable(nni.choice(1, 2), name=c)'''
c = -5
# one option that is a list needs another mending
d = 1  # @nni.choice([1, 2])
e = 1  # @nni.choice((1, 2), (3))
f = 9  # @nni.uniform(0.0, 1)
g = 1  # @nni.choice((1, 2), (3),)
# @nni.choice(2,
#             3)
h = 1
# @nni.choice(2,  # the first
#             3)
i = 1
# unsafe
a = 5  # @nni.choice(1, 2, 5)
b = 'it''s'  # @nni.choice('a', 'it''s', name=b)
'''@nni.variable(nni.choice(1, 2, -5), name=c)'''
c = -5
# one option that is a list needs another mending
d = 1  # @nni.choice(1, 2)
e = 1  # @nni.choice((1, 2), (3), 1)
f = 9  # @nni.uniform(0.0, 1)
g = 1  # @nni.choice((1, 2), (3),1)
# @nni.choice(2,
#             3, 1)
h = 1
# @nni.choice(2,  # the first
#             3)
i = 1
