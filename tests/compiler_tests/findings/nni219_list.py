import os
def size(): ...
a = int(os.environ.get("A", "16"))  # @nni.choice([16, 32, 64])  # W: NNI219 51-63 this list is a single option; to make its elements the options, leave out the brackets
b = size()  # @nni.choice((16, 32))  # W: NNI219 27-35 this list is a single option; to make its elements the options, leave out the brackets
c = [size()]  # @nni.choice([16, 32])
d = list(size())  # @nni.choice([16, 32])
e = size()  # @nni.choice([16])
f = size()  # @nni.choice([16, 32], [64])
'''@nni.variable(nni.choice([16, 32]), name=g)'''  # W: NNI219 29-37 this list is a single option; to make its elements the options, leave out the brackets
g = size()
# ---
# Displays of constants are compared by type and value.
a = (0.9, 0.999)  # @nni.choice((0.9, 0.99), (0.95, 0.999))  # W: NNI202 33-59 the script's own value (0.9, 0.999) is not among the options
b = (0.9, 1 - 0.5)  # @nni.choice((0.9, 0.5), (0.95, 0.999))
c = {"k": 1}  # @nni.choice({"k": 1}, {"k": 2}, name=c)
d = {"k": 1.0}  # @nni.choice({"k": 1}, {"k": 2}, name=d)  # W: NNI202 31-49 the script's own value {"k": 1.0} is not among the options
e = (0.9, a)  # @nni.choice((0.9, 0.99), (0.95, 0.999))
f = "a"  # @nni.choice("b", 'c')  # W: NNI202 24-32 the script's own value "a" is not among the options
g = 'a'  # @nni.choice("b", 'a')
