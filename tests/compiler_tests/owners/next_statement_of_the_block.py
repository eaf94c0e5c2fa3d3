def train( ):
  # @nni.uniform(0, 1)

  lr = 0.1
  if lr :
      # @nni.choice(1, 2)
      # a comment between

      steps = 1
  # @nni.choice(1, 2)
  epochs = 2
# @nni.choice(16, 32)
batch = 16
# black
def train():
    # @nni.uniform(0, 1)

    lr = 0.1
    if lr:
        # @nni.choice(1, 2)
        # a comment between

        steps = 1
    # @nni.choice(1, 2)
    epochs = 2


# @nni.choice(16, 32)
batch = 16
# ruff
def train():
    # @nni.uniform(0, 1)

    lr = 0.1
    if lr:
        # @nni.choice(1, 2)
        # a comment between

        steps = 1
    # @nni.choice(1, 2)
    epochs = 2


# @nni.choice(16, 32)
batch = 16
# means
# written: lr/uniform for 0.1, steps/choice for 1, epochs/choice for 2, batch/choice for 16
# black: lr/uniform for 0.1, steps/choice for 1, epochs/choice for 2, batch/choice for 16
# ruff: lr/uniform for 0.1, steps/choice for 1, epochs/choice for 2, batch/choice for 16
