a = 5  # @nni.unifrom(0, 10)
a = 5  # @nni.Uniform(0, 10)  # a second comment
'''@nni.variable(nni.unifrm(0, 10), name=b)'''
b = 5
'''@nni.variable(uniform(0, 10), name=b)'''
b = 5
# two are near: normal and qnormal
c = 5  # @nni.onormal(0, 10)
# escapes hide which character is which
"@nni.variable(nni.unif\x72m(0, 10), name=c)"
c = 5
batch_size = 3  # @nni.choice(1, 3, name=batch_sise)
epochs = 3  # @nni.choice(1, 3, name=count)
accuracy = 1
# @nni.reprot_final_result(acuracy)
# fixed
a = 5  # @nni.uniform(0, 10)
a = 5  # @nni.uniform(0, 10)  # a second comment
'''@nni.variable(nni.uniform(0, 10), name=b)'''
b = 5
'''@nni.variable(nni.uniform(0, 10), name=b)'''
b = 5
# two are near: normal and qnormal
c = 5  # @nni.onormal(0, 10)
# escapes hide which character is which
"@nni.variable(nni.unif\x72m(0, 10), name=c)"
c = 5
batch_size = 3  # @nni.choice(1, 3, name=batch_size)
epochs = 3  # @nni.choice(1, 3, name=count)
accuracy = 1
# @nni.report_final_result(acuracy)
# unsafe
a = 5  # @nni.quniform(0, 10, 1)
a = 5  # @nni.quniform(0, 10, 1)  # a second comment
'''@nni.variable(nni.quniform(0, 10, 1), name=b)'''
b = 5
'''@nni.variable(nni.quniform(0, 10, 1), name=b)'''
b = 5
# two are near: normal and qnormal
c = 5  # @nni.normal(0, 10)
# escapes hide which character is which
"@nni.variable(nni.unif\x72m(0, 10), name=c)"
c = 5
batch_size = 3  # @nni.choice(1, 3, name=batch_size)
epochs = 3  # @nni.choice(1, 3, name=epochs)
accuracy = 1
# @nni.report_final_result(accuracy)
