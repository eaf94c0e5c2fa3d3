'''@nni.variable(nni.choice(1, 2, 1), name=a)'''

a = 1
b = 1  # @nni.choice(1, 2, 1, 2)
c = 1  # @nni.choice((1), (2), (1))
# fixed
'''@nni.variable(nni.choice(1, 2, 1), name=a)'''

a = 1
b = 1  # @nni.choice(1, 2, 1, 2)
c = 1  # @nni.choice((1), (2), (1))
# unsafe
'''@nni.variable(nni.choice(1, 2), name=a)'''

a = 1
b = 1  # @nni.choice(1, 2)
c = 1  # @nni.choice((1), (2), (1))
