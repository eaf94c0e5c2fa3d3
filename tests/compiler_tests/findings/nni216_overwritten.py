import json
import yaml
def load(path): ...
a = 0.1  # @nni.uniform(0, 1)  # W: NNI216 12-30 a is replaced on line 5 before anything reads it, so the trial's value has no effect
a = json.load(open("a.json"))["a"]
b = 0.1  # @nni.uniform(0, 1)
b = b * 2
c = 0.1  # @nni.uniform(0, 1)
print(c)
c = 3
d = 0.1  # @nni.uniform(0, 1)
if load("d"):
    d = 3
e: float = 0.1  # @nni.uniform(0, 1)  # W: NNI216 19-37 e is replaced on line 16 before anything reads it, so the trial's value has no effect
import sys
e = 0.2
f = {
    "x": 1,  # @nni.choice(1, 2)  # W: NNI216 16-33 f['x'] is replaced on line 22 before anything reads it, so the trial's value has no effect
    "y": 1,  # @nni.choice(1, 2)
    "z": 1,  # @nni.choice(1, 2)  # W: NNI216 16-33 f['z'] is replaced on line 23 before anything reads it, so the trial's value has no effect
}
f["x"] = 5
f.update({"z": 3})
g = {
    "x": 1,  # @nni.choice(1, 2)  # W: NNI216 16-33 g['x'] is replaced on line 27 before anything reads it, so the trial's value has no effect
}
g = yaml.safe_load(open("g.yaml"))
h = {
    "x": 1,  # @nni.choice(1, 2)
}
h.update(yaml.safe_load(open("h.yaml")))
i = 0.1  # @nni.uniform(0, 1)
i += 1
j = 0.1  # @nni.uniform(0, 1)
def uses():
    return j
load("x")
j = 3
def inner():
    k = 1  # @nni.choice(1, 2)
    k = load("k")
    l = 1  # @nni.choice(1, 2)
    for l in range(3):
        pass
    return k
m = 0.1  # @nni.uniform(0, 1)  # W: NNI216 12-30 m is replaced on line 47 before anything reads it, so the trial's value has no effect
m, n = load("m"), 1
o = 0.1  # @nni.uniform(0, 1)
o = 0.2  # @nni.uniform(0, 1)  # N: NNI301 12-30 o is the same parameter as the o annotated before
