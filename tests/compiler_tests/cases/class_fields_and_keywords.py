from m import Base, Meta, dataclass, field


@dataclass(
    order=True,  # @nni.choice(True, False)
)
class Config:
    lr: float = 0.1  # @nni.uniform(0, 1)
    width: int = field(default=8)  # @nni.choice(8, 16, name=default)


class Net(Base, metaclass=Meta, size=3):  # @nni.choice(3, 4, name=size)
    depth = 2  # @nni.choice(2, 3)
# output
import nnic.runtime.trial as __nnic__; from m import Base, Meta, dataclass, field


@dataclass(
    order=(True if __nnic__.is_('case/dataclass.order/choice', 0) else False if __nnic__.is_('case/dataclass.order/choice', 1) else (True)),  # @nni.choice(True, False)
)
class Config:
    lr: float = (__nnic__.get('case/lr/uniform') if __nnic__.has('case/lr/uniform') else (0.1))  # @nni.uniform(0, 1)
    width: int = field(default=(8 if __nnic__.is_('case/width.default/choice', 0) else 16 if __nnic__.is_('case/width.default/choice', 1) else (8)))  # @nni.choice(8, 16, name=default)


class Net(Base, metaclass=Meta, size=(3 if __nnic__.is_('case/Net.size/choice', 0) else 4 if __nnic__.is_('case/Net.size/choice', 1) else (3))):  # @nni.choice(3, 4, name=size)
    depth = (2 if __nnic__.is_('case/depth/choice', 0) else 3 if __nnic__.is_('case/depth/choice', 1) else (2))  # @nni.choice(2, 3)
# space
# 5:11 case/dataclass.order/choice = choice(True, False) default True
# 8:17 case/lr/uniform = uniform(0, 1) default 0.1
# 9:32 case/width.default/choice = choice(8, 16) default 8
# 12:38 case/Net.size/choice = choice(3, 4) default 3
# 13:13 case/depth/choice = choice(2, 3) default 2
