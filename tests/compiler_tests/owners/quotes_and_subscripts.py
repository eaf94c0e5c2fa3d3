table['a'] = 1  # @nni.choice(1, 2, name=table["a"])
table [ 'b' ] [0] = 1  # @nni.choice(1, 2)
# black
table["a"] = 1  # @nni.choice(1, 2, name=table["a"])
table["b"][0] = 1  # @nni.choice(1, 2)
# ruff
table["a"] = 1  # @nni.choice(1, 2, name=table["a"])
table["b"][0] = 1  # @nni.choice(1, 2)
# means
# written: table['a']/choice for 1, table['b'][0]/choice for 1
# black: table['a']/choice for 1, table['b'][0]/choice for 1
# ruff: table['a']/choice for 1, table['b'][0]/choice for 1
