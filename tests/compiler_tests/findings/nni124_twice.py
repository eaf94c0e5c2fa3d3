epochs = 9  # @nni.budget(1, 27)
steps = 9  # @nni.budget(1, 27)  # E: NNI124 14-32 a program has one budget; this is the second
folder = "a"  # @nni.checkpoint()
other = "b"  # @nni.checkpoint()  # E: NNI124 16-33 a program has one checkpoint; this is the second
# ---
epochs = 9  # @nni.budget(1, 27)
if f():
    epochs = 3  # @nni.budget(1, 27)  # N: NNI301 19-37 epochs is the same parameter as the epochs annotated before
folder = "a"  # @nni.checkpoint(name=folder)
