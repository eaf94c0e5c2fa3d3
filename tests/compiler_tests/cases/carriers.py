"""Every carrier."""
import math

'''@nni.variable(nni.choice(16, 32), name=batch)'''
batch = 16
"@nni.variable(nni.uniform(0, 1), name=drop)"; drop = 0.5
(
    """
    @nni.variable(nni.choice("a",
                             'b'),
                  name=kind)
    """
)
kind = "a"
# @nni.loguniform(1e-5, 1e-1)
lr = 1e-3
# @nni.choice(math.sin,  # the first
#             math.cos)  # noqa
fn = math.sin
hidden = 64  # @nni.quniform(16, 256, 16)
steps = 5; decay = 0.5  # noqa  # @nni.uniform(0, 1)  # type: ignore
momentum = (
    0.9  # @nni.uniform(0, 1)
)
weight = (  # @nni.uniform(0, 1)
    0.9
)
long = 1 + \
    2  # @nni.randint(1, 9)
r'@nni.report_intermediate_result(lr)'
accuracy = lr  # @nni.report_intermediate_result(accuracy)
# @nni.report_final_result(accuracy)  # @nni.get_next_parameter()
# output
"""Every carrier."""
import nnic.runtime.trial as __nnic__; import math

'''@nni.variable(nni.choice(16, 32), name=batch)'''
batch = (16 if __nnic__.is_('case/batch/choice', 0) else 32 if __nnic__.is_('case/batch/choice', 1) else (16))
"@nni.variable(nni.uniform(0, 1), name=drop)"; drop = (__nnic__.get('case/drop/uniform') if __nnic__.has('case/drop/uniform') else (0.5))
(
    """
    @nni.variable(nni.choice("a",
                             'b'),
                  name=kind)
    """
)
kind = ('a' if __nnic__.is_('case/kind/choice', 0) else 'b' if __nnic__.is_('case/kind/choice', 1) else ("a"))
# @nni.loguniform(1e-5, 1e-1)
lr = (__nnic__.get('case/lr/loguniform') if __nnic__.has('case/lr/loguniform') else (1e-3))
# @nni.choice(math.sin,  # the first
#             math.cos)  # noqa
fn = (math.sin if __nnic__.is_('case/fn/choice', 0) else math.cos if __nnic__.is_('case/fn/choice', 1) else (math.sin))
hidden = (__nnic__.get('case/hidden/quniform') if __nnic__.has('case/hidden/quniform') else (64))  # @nni.quniform(16, 256, 16)
steps = 5; decay = (__nnic__.get('case/decay/uniform') if __nnic__.has('case/decay/uniform') else (0.5))  # noqa  # @nni.uniform(0, 1)  # type: ignore
momentum = (
    (__nnic__.get('case/momentum/uniform') if __nnic__.has('case/momentum/uniform') else (0.9))  # @nni.uniform(0, 1)
)
weight = (  # @nni.uniform(0, 1)
    (__nnic__.get('case/weight/uniform') if __nnic__.has('case/weight/uniform') else (0.9))
)
long = (__nnic__.get('case/long/randint') if __nnic__.has('case/long/randint') else (1 + \
    2))  # @nni.randint(1, 9)
r'@nni.report_intermediate_result(lr)'; __nnic__.report_intermediate_result(lr)
accuracy = lr; __nnic__.report_intermediate_result(accuracy)  # @nni.report_intermediate_result(accuracy)
__nnic__.report_final_result(accuracy); __nnic__.get_next_parameter()  # @nni.report_final_result(accuracy)  # @nni.get_next_parameter()
# space
# 5:9 case/batch/choice = choice(16, 32) default 16
# 6:55 case/drop/uniform = uniform(0, 1) default 0.5
# 14:8 case/kind/choice = choice('a', 'b') default 'a'
# 16:6 case/lr/loguniform = loguniform(1e-05, 0.1) default 0.001
# 19:6 case/fn/choice = choice('math.sin', 'math.cos') default 'math.sin'
# 20:10 case/hidden/quniform = quniform(16, 256, 16) default 64
# 21:20 case/decay/uniform = uniform(0, 1) default 0.5
# 23:5 case/momentum/uniform = uniform(0, 1) default 0.9
# 26:5 case/weight/uniform = uniform(0, 1) default 0.9
# 28:8 case/long/randint = randint(1, 9) default 3
# 30:39 report_intermediate_result(lr)
# 31:14 report_intermediate_result(accuracy)
# 32:1 report_final_result(accuracy)
# 32:1 get_next_parameter()
