if x :
    lr = 0.1
    # @nni.uniform(0, 1)
else :
    lr = 0.2
# black
if x:
    lr = 0.1
    # @nni.uniform(0, 1)
else:
    lr = 0.2
# ruff
if x:
    lr = 0.1
    # @nni.uniform(0, 1)
else:
    lr = 0.2
# means
# written: NNI108
# black: NNI108
# ruff: NNI108
