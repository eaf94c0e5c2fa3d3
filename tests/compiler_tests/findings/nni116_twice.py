x = 1  # @nni.choice(1, 2)  # @nni.choice(1, 3)  # E: NNI116 31-48 x has two annotations
'''@nni.variable(nni.choice(1, 2), name=y)'''
y = 1  # @nni.choice(1, 3)  # E: NNI116 10-27 y has two annotations
'''@nni.variable(nni.choice(1, 2), name=y)'''  # E: NNI116 4-43 an annotation can't annotate another annotation
'''@nni.variable(nni.choice(1, 2), name=z)'''
z = 1
# @nni.choice(1, 2)  # E: NNI116 3-20 an annotation can't annotate another annotation
'''@nni.report_final_result(z)'''
# @nni.function_choice(f(1), g(1), name=f)
# @nni.choice(1, f(1), name=w)
w = f(1) + 1
def f(): ...
def g(): ...
