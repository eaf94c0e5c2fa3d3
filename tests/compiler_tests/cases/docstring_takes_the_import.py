"""@nni.get_next_parameter()"""
class A:
    lr = 0.1  # @nni.uniform(0, 1)
# output
"""@nni.get_next_parameter()"""; import nnic.runtime.trial as __nnic__; __nnic__.get_next_parameter()
class A:
    lr = (__nnic__.get('case/lr/uniform') if __nnic__.has('case/lr/uniform') else (0.1))  # @nni.uniform(0, 1)
# space
# 3:10 case/lr/uniform = uniform(0, 1) default 0.1
# 1:32 get_next_parameter()
