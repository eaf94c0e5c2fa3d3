x = 1
a = 1  # nni.choice(1, 2)
b = 1  # @ nni.choice(1, 2)  # noqa
c = 1  # @NNI.choice(1, 2)
d = 1  # the rate, @nni.choice(1, 2)
e = 1  # the rate @nni.choice(1, 2) is best
'''@nnni.report_final_result(x)'''
f"@nni.report_final_result({x})"
# fixed
x = 1
a = 1  # nni.choice(1, 2)
b = 1  # @ nni.choice(1, 2)  # noqa
c = 1  # @NNI.choice(1, 2)
d = 1  # the rate, @nni.choice(1, 2)
e = 1  # the rate @nni.choice(1, 2) is best
'''@nnni.report_final_result(x)'''
f"@nni.report_final_result({x})"
# unsafe
x = 1
a = 1  # @nni.choice(1, 2)
b = 1  # @nni.choice(1, 2)  # noqa
c = 1  # @nni.choice(1, 2)
d = 1  # the rate, # @nni.choice(1, 2)
e = 1  # the rate @nni.choice(1, 2) is best
'''@nni.report_final_result(x)'''
f"@nni.report_final_result({x})"
