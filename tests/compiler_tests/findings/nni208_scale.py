import nni
lr = 0.01  # @nni.uniform(1e-5, 0.1)  # W: NNI208 27-36 nni.uniform spreads over 4 decades evenly: only 0.09% of its values lie below 0.0001
lr = nni.uniform(1e-5, 0.1)  # W: NNI208 18-27 nni.uniform spreads over 4 decades evenly: only 0.09% of its values lie below 0.0001
a = 100.0  # @nni.quniform(1, 100000, 0.5)  # W: NNI208 28-37 nni.quniform spreads over 5 decades evenly: only 0.009% of its values lie below 10
b = 100  # @nni.randint(1, 10000)  # W: NNI208 25-33 nni.randint spreads over 4 decades evenly: only 0.09% of its values lie below 10
c = 0.01  # @nni.uniform(high=1, low=1e-4)  # W: NNI208 31-42 nni.uniform spreads over 4 decades evenly: only 0.09% of its values lie below 0.001
'''@nni.variable(nni.uniform(0.00001, 1), name=d)'''  # W: NNI208 30-40 nni.uniform spreads over 4 decades evenly: only 0.009% of its values lie below 0.0001
d = 0.1
e = 0.01  # @nni.loguniform(1e-5, 0.1)
f = 0.01  # @nni.uniform(0, 0.1)
g = 0.01  # @nni.uniform(-1000, 0.1)
h = 0.01  # @nni.uniform(1.1e-4, 1)
i = 100  # @nni.randint(1, 9999)
j = 1.0  # @nni.normal(1, 100000)
k = 7  # @nni.choice(1, 100000, 7)
epochs = 10  # @nni.budget(1, 100000)
