for x in [1]:  # @nni.choice(1, 2)  # E: NNI108 18-35 there is nothing to annotate: the statement on line 1 has no value with a name
    pass
print(x)  # @nni.choice(1, 2)  # E: NNI108 13-30 there is nothing to annotate: the statement on line 3 has no value with a name
import math  # @nni.choice(1, 2)  # E: NNI108 16-33 there is nothing to annotate: the statement on line 4 has no value with a name
'''@nni.variable(nni.choice(1, 2), name=y)'''  # E: NNI108 4-43 there is nothing to annotate: the statement on line 6 has no value with a name
'plain string'
y = 1
if x:
    y = 1
    # @nni.choice(1, 2)  # E: NNI108 7-24 there is nothing to annotate: its block ends here
elif y:
    pass
# @nni.choice(1, 2)  # E: NNI108 3-20 there is nothing to annotate: no block at this place has the comment's indentation
else:
    y = 2
    '''@nni.variable(nni.choice(1, 2), name=y)'''  # E: NNI108 8-47 there is nothing to annotate: nothing follows it in its block
def f():
# @nni.choice(1, 2)  # E: NNI108 3-20 there is nothing to annotate: no block at this place has the comment's indentation
    return 1
    # @nni.choice(1, 2)  # E: NNI108 7-24 there is nothing to annotate: its block ends here
foo(  # @nni.choice(1, 2)  # E: NNI108 9-26 there is nothing to annotate: the statement on line 21 has no value with a name
    1
)
foo(
    1
    # @nni.choice(1, 2)  # E: NNI108 7-24 there is nothing to annotate: no argument, entry or parameter follows it in its brackets
)
def g():
    # @nni.choice(1, 2)
    z = 1
    return z
# @nni.choice(1, 2)

# another comment
u = 1
# ---
# A clause has nothing of the headers before it.
if f(x=1):
    pass
else:  # @nni.choice(1, 2)  # E: NNI108 10-27 there is nothing to annotate: the statement on line 2 has no value with a name
    pass
match f(x=1):
    case [a]:  # @nni.choice(1, 2)  # E: NNI108 18-35 there is nothing to annotate: the statement on line 6 has no value with a name
        pass
    case _:
        y = 1  # @nni.choice(1, 2)
