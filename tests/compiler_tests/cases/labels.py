from m import SGD, f, p

lr = 0.1  # @nni.uniform(0, 1, label="rate")
optimizer = SGD(
    p,
    lr=0.1,  # @nni.uniform(0, 1, label="rate")
    momentum=0.9,  # @nni.uniform(0, 1, label="momentum")
)
assert f(width=1), f(width=1)  # plain
f(width=1)  # @nni.choice(1, 2, label="first width")
f(width=2)  # @nni.choice(1, 2, label="second width")
# output
import nnic.runtime.trial as __nnic__; from m import SGD, f, p

lr = (__nnic__.get('*/rate/uniform') if __nnic__.has('*/rate/uniform') else (0.1))  # @nni.uniform(0, 1, label="rate")
optimizer = SGD(
    p,
    lr=(__nnic__.get('*/rate/uniform') if __nnic__.has('*/rate/uniform') else (0.1)),  # @nni.uniform(0, 1, label="rate")
    momentum=(__nnic__.get('*/momentum/uniform') if __nnic__.has('*/momentum/uniform') else (0.9)),  # @nni.uniform(0, 1, label="momentum")
)
assert f(width=1), f(width=1)  # plain
f(width=(1 if __nnic__.is_('*/first width/choice', 0) else 2 if __nnic__.is_('*/first width/choice', 1) else (1)))  # @nni.choice(1, 2, label="first width")
f(width=(1 if __nnic__.is_('*/second width/choice', 0) else 2 if __nnic__.is_('*/second width/choice', 1) else (2)))  # @nni.choice(1, 2, label="second width")
# space
# 3:6 */rate/uniform = uniform(0, 1) default 0.1
# 6:8 */rate/uniform = uniform(0, 1) default 0.1
# 7:14 */momentum/uniform = uniform(0, 1) default 0.9
# 10:9 */first width/choice = choice(1, 2) default 1
# 11:9 */second width/choice = choice(1, 2) default 2
