from m import f

{
    # @nni.choice(1, 2, label="first")
    "a": 1,
    "b": 2,  # @nni.choice(2, 3, label="second")
}["a"]
(
    f(
        x=1,  # @nni.choice(1, 2)
        y=2,
    ).attribute
) = 3
# output
import nnic.runtime.trial as __nnic__; from m import f

{
    # @nni.choice(1, 2, label="first")
    "a": (1 if __nnic__.is_('*/first/choice', 0) else 2 if __nnic__.is_('*/first/choice', 1) else (1)),
    "b": (2 if __nnic__.is_('*/second/choice', 0) else 3 if __nnic__.is_('*/second/choice', 1) else (2)),  # @nni.choice(2, 3, label="second")
}["a"]
(
    f(
        x=(1 if __nnic__.is_('case/f.x/choice', 0) else 2 if __nnic__.is_('case/f.x/choice', 1) else (1)),  # @nni.choice(1, 2)
        y=2,
    ).attribute
) = 3
# space
# 5:10 */first/choice = choice(1, 2) default 1
# 6:10 */second/choice = choice(2, 3) default 2
# 10:11 case/f.x/choice = choice(1, 2) default 1
