from m import f
'''@nni.variable(nni.choice(1, 2), name=b)'''  # E: NNI107 41-42 name=b is not a name of this statement; it has a
a = 1
'''@nni.variable(nni.choice(1, 2))'''  # E: NNI107 5-17 nni.variable needs name=, the variable that it stands for
a = 1
# @nni.function_choice(f(1), f(2))  # E: NNI107 4-23 nni.function_choice needs name=, the function or variable that it stands for
a = f(1)
a = 1  # @nni.choice(1, 2, name=self.a)  # E: NNI107 33-39 name=self.a is not a name of this statement; it has a
a = 1  # @nni.choice(1, 2, name='not a name')  # E: NNI107 33-45 name='not a name' is not a name of this statement; it has a
'''@nni.variable(nni.choice(1, 2), name=c)'''
c = 1
d["x"] = 1  # @nni.choice(1, 2, name=d['x'])
e = 1  # @nni.choice(1, 2, name='e')
