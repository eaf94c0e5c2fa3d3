a = 1  # @nni.choice(1, 2  # E: NNI113 21-22 syntax error in the annotation: '(' was never closed; an annotation after code must end on the same line
a = 1  # @nni.choice(1, 2) and more  # E: NNI113 28-36 syntax error in the annotation: there is text after it
a = 1  # @nni.choice(1 2)  # E: NNI113 22-25 syntax error in the annotation: invalid syntax. Perhaps you forgot a comma?
a = 1  # @nni.choice(1, 2))  # E: NNI113 27-28 syntax error in the annotation: there is text after it
'''@nni.variable(nni.choice(1, 2), name=a'''  # E: NNI113 17-18 syntax error in the annotation: '(' was never closed
a = 1
'''@nni.variable(nni.choice(1, 2), name=a) and more'''  # E: NNI113 5-52 an annotation must be one call, with nothing around it
a = 1
'''@nni.get_next_parameter(); a'''  # E: NNI113 29-30 syntax error in the annotation: invalid syntax
'@nni.variable(nni.choice(1, 2), \x6eame=a'  # E: NNI113 1-44 syntax error in the annotation: '(' was never closed
# @nni.choice(1,  # E: NNI113 14-15 syntax error in the annotation: '(' was never closed
x = 1
# @nni.choice(1,
#             2 3)  # E: NNI113 15-18 syntax error in the annotation: invalid syntax. Perhaps you forgot a comma?
x = 1
# @nni.choice(1,  # E: NNI113 14-15 syntax error in the annotation: '(' was never closed
# @nni.choice(1, 2)
x = 1
b = 1  # @nni.choice('a)', "(")  # noqa  # W: NNI202 22-31 the script's own value 1 is not among the options
# @nni.choice(1,  # the first
#
#     2)
c = 1
'''@nni.variable(nni.choice(1, 2), name=d).f()'''  # E: NNI113 5-47 an annotation must be one call, with nothing around it
d = 1  # @nni.choice(1, 2)[0]  # E: NNI113 27-30 syntax error in the annotation: there is text after it
