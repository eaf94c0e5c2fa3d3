optimizer = SGD(network.parameters(), learning_rate=0.1, momentum=0.9)  # @nni.loguniform(1e-4, 1, name=learning_rate)
optimizer = SGD(network.parameters(), learning_rate=0.1, momentum=0.9, weight_decay=1e-4, nesterov=True)  # @nni.uniform(0, 0.99, name=momentum)
# black
optimizer = SGD(
    network.parameters(), learning_rate=0.1, momentum=0.9
)  # @nni.loguniform(1e-4, 1, name=learning_rate)
optimizer = SGD(
    network.parameters(),
    learning_rate=0.1,
    momentum=0.9,
    weight_decay=1e-4,
    nesterov=True,
)  # @nni.uniform(0, 0.99, name=momentum)
# ruff
optimizer = SGD(
    network.parameters(), learning_rate=0.1, momentum=0.9
)  # @nni.loguniform(1e-4, 1, name=learning_rate)
optimizer = SGD(
    network.parameters(),
    learning_rate=0.1,
    momentum=0.9,
    weight_decay=1e-4,
    nesterov=True,
)  # @nni.uniform(0, 0.99, name=momentum)
# means
# written: optimizer.learning_rate/loguniform for 0.1, optimizer.momentum/uniform for 0.9
# black: optimizer.learning_rate/loguniform for 0.1, optimizer.momentum/uniform for 0.9
# ruff: optimizer.learning_rate/loguniform for 0.1, optimizer.momentum/uniform for 0.9
