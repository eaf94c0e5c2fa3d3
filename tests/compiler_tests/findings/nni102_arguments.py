a = 5  # @nni.uniform(0)  # E: NNI102 11-25 nni.uniform takes low, high; high missing
a = 5  # @nni.uniform(0, 10, 20)  # E: NNI102 30-32 nni.uniform takes low, high; got 3 arguments
a = 5  # @nni.uniform(0, hi=10)  # E: NNI102 26-31 nni.uniform takes no argument hi=
a = 5  # @nni.uniform(0, low=10)  # E: NNI102 26-32 nni.uniform takes argument low only once
a = 5  # @nni.uniform(*range(2))  # E: NNI102 23-32 nni.uniform: write the arguments out, without *
a = 5  # @nni.uniform(0, **{'high': 10})  # E: NNI102 26-40 nni.uniform takes no ** arguments
'''@nni.variable(nni.randint(2, 7, 5), name=b)'''  # W: NNI216 4-47 b is replaced on line 10 before anything reads it, so the trial's value has no effect  # W: NNI102 36-37 nni.randint takes low, high; NNI ignored the rest, and so does nnic
b = 5
'''@nni.variable(nni.uniform(0, 10), nni.uniform(0, 10), name=b)'''  # E: NNI102 38-56 nni.variable takes one sampler and name=, for example nni.variable(nni.uniform(0, 1), name=x)
b = 5
'''@nni.variable(nni.uniform(0, 10), name=b, default=3)'''  # E: NNI102 46-55 nni.variable takes a sampler and name=, not default
b = 5
'''@nni.report_final_result()'''  # E: NNI102 5-30 nni.report_final_result takes one metric
'''@nni.report_final_result(a, b)'''  # E: NNI102 5-34 nni.report_final_result takes one metric
# @nni.report_final_result(value=a)  # E: NNI102 28-35 nni.report_final_result takes no argument value
# @nni.get_next_parameter(a)  # E: NNI102 4-29 nni.get_next_parameter takes no argument
c = 5.0  # @nni.uniform(0, 10)
d = 5.0  # @nni.uniform(high=10, low=0)
e = 5.0  # @nni.uniform(0, high=10)
# @nni.report_final_result(metric=a)
# @nni.get_next_parameter()
f = 5  # @nni.uniform(0, 10, name=f, name=f)  # E: NNI102 38-44 nni.uniform takes name= only once
