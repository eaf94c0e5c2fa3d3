a = 1  # @nni.choice()  # E: NNI105 11-23 nni.choice needs at least one option
'''@nni.function_choice(name=f)'''  # E: NNI105 5-32 nni.function_choice needs at least one option
b = f(1)
c = 1  # @nni.choice(1)
