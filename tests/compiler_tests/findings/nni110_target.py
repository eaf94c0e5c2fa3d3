x += 1  # @nni.uniform(0, 1)  # E: NNI110 11-29 an augmented assignment can't be annotated: the new x depends on the old one
'''@nni.variable(nni.uniform(0, 1), name=x)'''  # E: NNI110 4-44 an augmented assignment can't be annotated: the new x depends on the old one
x -= 1
y: int  # @nni.uniform(0, 1)  # E: NNI110 11-29 y has a type but no value here, so there is nothing to replace
y: int = 1  # @nni.uniform(0, 1)
x = x + 1  # @nni.uniform(0, 1)
