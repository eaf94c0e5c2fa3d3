from dataclasses import dataclass, field
import attr
from pydantic import Field


@dataclass
class Config:
    lr: float = field(default=0.1, metadata={"help": "step"})  # @nni.loguniform(1e-3, 1)
    layers: list = field(default_factory=lambda: [64, 64])  # @nni.choice([64, 64], [128])
    betas: tuple = field(default_factory=lambda: (0.9, 0.999))  # @nni.choice((0.9, 0.999), (0.8, 0.99), name=betas)
    named: float = field(default=0.1, repr=False)  # @nni.uniform(0, 1, name=default)
    inside: float = field(
        default=0.1,
        metadata={"help": "step"},  # @nni.uniform(0, 1)
    )
    whole: float = field(default=0.1)  # @nni.choice(field(default=0.1), field(default=0.2), name=whole)
    made: list = field(default_factory=list)  # @nni.choice(list, tuple, name=default_factory)
    call: object = field(default_factory=lambda: f(k=1))  # @nni.choice(1, 2, name=k)
    first: float = Field(0.1, gt=0)  # @nni.uniform(0, 1)
    other: list = attr.ib(default=attr.Factory(lambda: [1]))  # @nni.choice([1], [2])
    attrs: list = attr.field(factory=lambda: [1])  # @nni.choice([1], [2])
# output
import nnic.runtime.trial as __nnic__; from dataclasses import dataclass, field
import attr
from pydantic import Field


@dataclass
class Config:
    lr: float = field(default=(__nnic__.get('case/lr/loguniform') if __nnic__.has('case/lr/loguniform') else (0.1)), metadata={"help": "step"})  # @nni.loguniform(1e-3, 1)
    layers: list = field(default_factory=lambda: ([64, 64] if __nnic__.is_('case/layers/choice', 0) else [128] if __nnic__.is_('case/layers/choice', 1) else ([64, 64])))  # @nni.choice([64, 64], [128])
    betas: tuple = field(default_factory=lambda: ((0.9, 0.999) if __nnic__.is_('case/betas/choice', 0) else (0.8, 0.99) if __nnic__.is_('case/betas/choice', 1) else ((0.9, 0.999))))  # @nni.choice((0.9, 0.999), (0.8, 0.99), name=betas)
    named: float = field(default=(__nnic__.get('case/named/uniform') if __nnic__.has('case/named/uniform') else (0.1)), repr=False)  # @nni.uniform(0, 1, name=default)
    inside: float = field(
        default=(__nnic__.get('case/inside/uniform') if __nnic__.has('case/inside/uniform') else (0.1)),
        metadata={"help": "step"},  # @nni.uniform(0, 1)
    )
    whole: float = (field(default=0.1) if __nnic__.is_('case/whole/choice', 0) else field(default=0.2) if __nnic__.is_('case/whole/choice', 1) else (field(default=0.1)))  # @nni.choice(field(default=0.1), field(default=0.2), name=whole)
    made: list = field(default_factory=(list if __nnic__.is_('case/made.default_factory/choice', 0) else tuple if __nnic__.is_('case/made.default_factory/choice', 1) else (list)))  # @nni.choice(list, tuple, name=default_factory)
    call: object = field(default_factory=lambda: f(k=(1 if __nnic__.is_('case/f.k/choice', 0) else 2 if __nnic__.is_('case/f.k/choice', 1) else (1))))  # @nni.choice(1, 2, name=k)
    first: float = Field((__nnic__.get('case/first/uniform') if __nnic__.has('case/first/uniform') else (0.1)), gt=0)  # @nni.uniform(0, 1)
    other: list = attr.ib(default=attr.Factory(lambda: ([1] if __nnic__.is_('case/other/choice', 0) else [2] if __nnic__.is_('case/other/choice', 1) else ([1]))))  # @nni.choice([1], [2])
    attrs: list = attr.field(factory=lambda: ([1] if __nnic__.is_('case/attrs/choice', 0) else [2] if __nnic__.is_('case/attrs/choice', 1) else ([1])))  # @nni.choice([1], [2])
# space
# 8:31 case/lr/loguniform = loguniform(0.001, 1) default 0.1
# 9:50 case/layers/choice = choice('[64, 64]', '[128]') default '[64, 64]'
# 10:50 case/betas/choice = choice('(0.9, 0.999)', '(0.8, 0.99)') default '(0.9, 0.999)'
# 11:34 case/named/uniform = uniform(0, 1) default 0.1
# 13:17 case/inside/uniform = uniform(0, 1) default 0.1
# 16:20 case/whole/choice = choice('field(default=0.1)', 'field(default=0.2)') default 'field(default=0.1)'
# 17:40 case/made.default_factory/choice = choice('list', 'tuple') default 'list'
# 18:54 case/f.k/choice = choice(1, 2) default 1
# 19:26 case/first/uniform = uniform(0, 1) default 0.1
# 20:56 case/other/choice = choice('[1]', '[2]') default '[1]'
# 21:46 case/attrs/choice = choice('[1]', '[2]') default '[1]'
