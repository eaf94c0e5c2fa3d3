import nni
a = nni.choice("a", [0.1, 0.01])  # W: NNI102 5-33 a label and a list are two options here; NNI 3 means the elements of the list
b = nni.uniform("b", 0.1, 1)  # E: NNI102 17-20 nni.uniform takes low, high; only NNI 3 has a label before them
c = nni.choice(label="c", choices=[1, 2])  # E: NNI102 16-25 nni.choice takes no argument label=
d = 0.1  # @nni.choice("d", [0.1, 0.01])  # E: NNI102 13-41 a label and a list are two options here; NNI 3 means the elements of the list
e = "auto"  # @nni.choice("auto", [64, 32])
f = [64, 32]  # @nni.choice("auto", [64, 32])
g = 0.5  # @nni.uniform("g", 0, 1)  # E: NNI102 25-28 nni.uniform takes low, high; only NNI 3 has a label before them
h = 0.5  # @nni.loguniform("h", low=0.1, high=1)  # E: NNI102 28-31 nni.loguniform takes low, high; only NNI 3 has a label before them
i = 5  # @nni.randint("i", 0, 10)  # E: NNI102 23-26 nni.randint takes low, high; only NNI 3 has a label before them
j = 5  # @nni.quniform("j", 0, 10, 1)  # E: NNI102 24-27 nni.quniform takes low, high, q; only NNI 3 has a label before them
'''@nni.variable(nni.choice("k", [1, 2]), name=k)'''  # W: NNI102 18-41 a label and a list are two options here; NNI 3 means the elements of the list
k = 1
l = 1  # @nni.choice(choices=[1, 2])  # E: NNI102 22-36 nni.choice takes no argument choices=
m = 1  # @nni.choice(1, nni.uniform("m", 0, 1))  # E: NNI102 37-40 nni.uniform takes low, high; only NNI 3 has a label before them
n = 1  # @nni.choice("n", 1)
o = float("1")  # @nni.choice("o", [1, 2])  # W: NNI102 20-43 a label and a list are two options here; NNI 3 means the elements of the list
