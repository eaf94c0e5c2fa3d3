optimizer = make_an_optimizer(network.parameters(), some_schedule(step, gamma), initial_rate, True)  # @nni.choice(1, 2)
assert a_condition_that_is_long(first_argument, second_argument) and other_function(third_argument=3)  # @nni.choice(1, 2)
# black
optimizer = make_an_optimizer(
    network.parameters(), some_schedule(step, gamma), initial_rate, True
)  # @nni.choice(1, 2)
assert a_condition_that_is_long(first_argument, second_argument) and other_function(
    third_argument=3
)  # @nni.choice(1, 2)
# ruff
optimizer = make_an_optimizer(
    network.parameters(), some_schedule(step, gamma), initial_rate, True
)  # @nni.choice(1, 2)
assert a_condition_that_is_long(first_argument, second_argument) and other_function(
    third_argument=3
)  # @nni.choice(1, 2)
# means
# written: optimizer/choice for make_an_optimizer(network.parameters(), some_schedule(step, gamma), initial_rate, True), other_function.third_argument/choice for 3
# black: optimizer/choice for make_an_optimizer(network.parameters(), some_schedule(step, gamma), initial_rate, True), other_function.third_argument/choice for 3
# ruff: optimizer/choice for make_an_optimizer(network.parameters(), some_schedule(step, gamma), initial_rate, True), other_function.third_argument/choice for 3
