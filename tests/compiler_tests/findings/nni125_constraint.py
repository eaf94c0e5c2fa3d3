x = 1  # @nni.randint(1, 5)
y = "a"  # @nni.choice("a", "b")
# @nni.constraint(x < 3 and y == "a")
# @nni.constraint(open(x) < 3)  # E: NNI125 19-30 the constraint 'open(x) < 3' cannot hold 'open(x)'
# @nni.constraint(x if y else 1)  # E: NNI125 19-32 the constraint 'x if y else 1' cannot hold 'x if y else 1'
# @nni.constraint(x + y < 3)  # E: NNI125 19-28 the constraint 'x + y < 3' cannot be evaluated: unsupported operand type(s) for +: 'int' and 'str'
# @nni.constraint(x ** 2 < 30 and y in ("a", "c"))
# @nni.constraint(x > 2)  # W: NNI202 19-24 the script's own values do not satisfy this constraint
