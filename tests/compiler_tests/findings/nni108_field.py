from dataclasses import dataclass, field
from pydantic import Field
@dataclass
class A:
    a: list = field(default_factory=list)  # @nni.choice([], [1])  # E: NNI108 46-66 nnic searches the default of a field, and a function makes the default of this field
    b: float = field(metadata={"help": "b"})  # @nni.uniform(0, 1)  # E: NNI108 49-67 nnic searches the default of a field, and this field has no default
    c: list = field(default_factory=list)  # @nni.choice(list, tuple, name=default_factory)
    d: float = Field(..., gt=0)  # @nni.uniform(0, 1)  # E: NNI108 36-54 nnic searches the default of a field, and this field has no default
