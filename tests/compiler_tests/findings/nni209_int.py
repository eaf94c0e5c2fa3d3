hidden = 64  # @nni.uniform(16, 256)  # W: NNI209 29-36 the script's own value 64 is an int, and nni.uniform(16, 256) gives floats
units = 64  # @nni.loguniform(16, 256)  # W: NNI209 31-38 the script's own value 64 is an int, and nni.loguniform(16, 256) gives floats
'''@nni.variable(nni.uniform(2, 8), name=layers)'''  # W: NNI209 30-34 the script's own value 4 is an int, and nni.uniform(2, 8) gives floats
layers = 4
width = 0x40  # @nni.uniform(high=0x80, low=0x20)  # W: NNI209 35-49 the script's own value 64 is an int, and nni.uniform(0x20, 0x80) gives floats
half = 64.0  # @nni.uniform(16, 256)
rate = 0  # @nni.uniform(0, 1)
scale = 1  # @nni.uniform(0.5, 4)
steps = 64  # @nni.quniform(16, 256, 16)
whole = 64  # @nni.randint(16, 256)
other = y  # @nni.uniform(0, 9)
flag = True  # @nni.choice(True, False)
mean = 3  # @nni.normal(0, 9)
