x = 1  # @nni.choice(1, 2)  # @nni.choice(1, 3)  # E: NNI116 31-48 x has two annotations
'''@nni.variable(nni.choice(1, 2), name=y)'''
y = 1  # @nni.choice(1, 3)  # E: NNI116 10-27 y has two annotations
'''@nni.variable(nni.choice(1, 2), name=y)'''  # E: NNI116 4-43 an annotation can't annotate another annotation
'''@nni.variable(nni.choice(1, 2), name=z)'''
z = 1
# @nni.choice(1, 2)  # E: NNI116 3-20 an annotation can't annotate another annotation
'''@nni.report_final_result(z)'''
# @nni.function_choice(f(1), g(1), name=f)  # W: NNI116 3-43 f has no effect: a trial replaces the whole value around it
# @nni.choice(1, f(1), name=w)
w = f(1) + 1
def f(): ...
def g(): ...
# ---
def f(k=0, more=None): ...
def g(k=0): ...
# @nni.function_choice(f(k=1), g(k=2), name=y)
y = f(
    k=1,  # @nni.randint(1, 10)  # W: NNI116 13-32 y.k has no effect: a trial replaces the whole value around it
)
# @nni.choice(f(k=1), f(k=2), name=z)
z = f(
    k=1,  # @nni.randint(1, 10)  # W: NNI116 13-32 z.k has no effect: a trial replaces the whole value around it
    more={"k": 3},  # @nni.choice(3, 4, name=k)  # W: NNI116 23-48 z.more['k'] has no effect: a trial replaces the whole value around it
)
# @nni.choice(1, f(1), name=v)
# @nni.function_choice(f(1), g(1), name=f)  # W: NNI116 3-43 f has no effect: a trial replaces the whole value around it
v = 1 + f(1)
# @nni.function_choice(f(k=nni.randint(1, 10)), g(k=2), name=u)
u = f(k=1)
# ---
# @nni.choice({"a": 1}, {"a": 2, "b": {"c": 5}}, name=config)
config = {
    "a": 2,  # @nni.choice(1, 2)  # W: NNI116 16-33 config['a'] has no effect: a trial replaces the whole value around it
    "b": {
        "c": 5,  # @nni.choice(5, 6)  # W: NNI116 20-37 config['b']['c'] has no effect: a trial replaces the whole value around it
    },
}
# @nni.choice(5, 6, name=d)
other = {"b": {"d": 5}, "e": [
    1,
]}
# ---
def train(epochs=0): ...
# @nni.variable(nni.uniform(0, 1), name=x)
x = train(
    epochs=3,  # @nni.budget(1, 9)  # W: NNI116 18-35 x.epochs has no effect: a trial replaces the whole value around it
)
# @nni.choice(lambda k=1: k, lambda: 2, name=h)
# @nni.choice(1, 2, name=k)  # W: NNI116 3-28 h.k has no effect: a trial replaces the whole value around it
h = lambda k=1: k
# ---
import nni
def f(k=0): ...
'''@nni.function_choice(f(k=1), f(k=2), name=f)'''
y = f(k=nni.choice(1, 2))  # W: NNI116 9-25 this sampler has no effect: a trial replaces the whole value around it
# @nni.function_choice(f(k=1), f(k=2), name=f)  # N: NNI301 3-47 f is the same parameter as the f annotated before
z = f(k=nni.choice(1, 2))  # W: NNI116 9-25 this sampler has no effect: a trial replaces the whole value around it
'''@nni.variable(nni.choice(1, 2), name=x)'''
x = 1; w = f(k=nni.choice(1, 2, name="w"))
# ---
def f(k): return k
def g(k): return k
# @nni.choice(f(1), [f(2)], name=b)
# @nni.function_choice(f(3), g(3), name=h)
print(f(3), dict(b=[f(3)]))
