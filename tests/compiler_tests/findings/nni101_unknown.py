import nni
a = 5  # @nni.unifrom(0, 10)  # E: NNI101 15-22 unknown annotation nni.unifrom; did you mean nni.uniform?
a = 5  # @nni.Uniform(0, 10)  # E: NNI101 15-22 unknown annotation nni.Uniform; did you mean nni.uniform?
'''@nni.variable(nni.unifrm(0, 10), name=b)'''  # E: NNI101 18-28 unknown sampler nni.unifrm; did you mean nni.uniform?
b = 5
'''@nni.variable(uniform(0, 10), name=b)'''  # E: NNI101 18-32 nni.variable takes a sampler such as nni.uniform(0, 1), not uniform(0, 10)
b = 5
'''@nni.report_final_reslt(a)'''  # E: NNI101 9-27 unknown annotation nni.report_final_reslt; did you mean nni.report_final_result?
# @nni.reprot_final_result(a)  # E: NNI101 8-27 unknown annotation nni.reprot_final_result; did you mean nni.report_final_result?
'''@nni.variable(nni.uniform(0, 10), name=c)'''
c = 5.0
d = 5  # @nni.trace(10)
# see @nni.uniform for what this is
# @nni.something_else_entirely(1)
# @XXnni.unifrom(0, 10)
e = "@nni.unifrom(0, 10)"
