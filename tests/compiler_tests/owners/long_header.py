def build_a_network_with_many_layers(inputs, outputs, hidden_units_of_every_layer=64, *others):  # @nni.choice(32, 64)
    pass
# black
def build_a_network_with_many_layers(
    inputs, outputs, hidden_units_of_every_layer=64, *others
):  # @nni.choice(32, 64)
    pass
# ruff
def build_a_network_with_many_layers(
    inputs, outputs, hidden_units_of_every_layer=64, *others
):  # @nni.choice(32, 64)
    pass
# means
# written: build_a_network_with_many_layers.hidden_units_of_every_layer/choice for 64
# black: build_a_network_with_many_layers.hidden_units_of_every_layer/choice for 64
# ruff: build_a_network_with_many_layers.hidden_units_of_every_layer/choice for 64
