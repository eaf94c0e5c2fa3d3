import dataclasses
from dataclasses import dataclass, field
@dataclass
class A:
    a: tuple = ()  # @nni.choice((), [1])  # E: NNI126 38-41 a dataclass refuses a list as the default of a field
    b: dict = field(default=None)  # @nni.choice(None, {"k": 1})  # E: NNI126 56-64 a dataclass refuses a dict as the default of a field
    c: set = field(default_factory=lambda: {1})  # @nni.choice({1}, {1, 2})
    d = ()  # @nni.choice((), [1])
    e: tuple = ()  # @nni.choice((), (1,))
@dataclasses.dataclass(frozen=True)
class B:
    a: tuple = ()  # @nni.choice({i for i in ()}, ())  # E: NNI126 34-49 a dataclass refuses a set as the default of a field
class C:
    f: list = []  # @nni.choice([], [1])
