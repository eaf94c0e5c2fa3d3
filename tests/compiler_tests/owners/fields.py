from dataclasses import dataclass, field
@dataclass
class Config:
    lr: float = field(default=0.1, metadata={"help": "step"})  # @nni.loguniform(1e-4, 1)
    momentum: float = field(default=0.9, metadata={"help": "of stochastic gradient descent"})  # @nni.uniform(0, 1)
    layers: list = field(
        default_factory=lambda: [64]  # @nni.choice([64], [128])
    )
    epochs: int = field(default=2,
        metadata={"help": "passes"})  # @nni.choice(2, 3)
# black
from dataclasses import dataclass, field


@dataclass
class Config:
    lr: float = field(
        default=0.1, metadata={"help": "step"}
    )  # @nni.loguniform(1e-4, 1)
    momentum: float = field(
        default=0.9, metadata={"help": "of stochastic gradient descent"}
    )  # @nni.uniform(0, 1)
    layers: list = field(default_factory=lambda: [64])  # @nni.choice([64], [128])
    epochs: int = field(default=2, metadata={"help": "passes"})  # @nni.choice(2, 3)
# ruff
from dataclasses import dataclass, field


@dataclass
class Config:
    lr: float = field(
        default=0.1, metadata={"help": "step"}
    )  # @nni.loguniform(1e-4, 1)
    momentum: float = field(
        default=0.9, metadata={"help": "of stochastic gradient descent"}
    )  # @nni.uniform(0, 1)
    layers: list = field(
        default_factory=lambda: [64]  # @nni.choice([64], [128])
    )
    epochs: int = field(default=2, metadata={"help": "passes"})  # @nni.choice(2, 3)
# means
# written: lr/loguniform for 0.1, momentum/uniform for 0.9, layers/choice for [64], epochs/choice for 2
# black: lr/loguniform for 0.1, momentum/uniform for 0.9, layers/choice for [64], epochs/choice for 2
# ruff: lr/loguniform for 0.1, momentum/uniform for 0.9, layers/choice for [64], epochs/choice for 2
