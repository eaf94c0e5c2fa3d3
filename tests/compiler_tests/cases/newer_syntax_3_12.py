from m import f


def first[T: (int, str)](x: T = 1) -> T:  # @nni.choice(1, 2)
    return x


class Box[T](metaclass=type):
    size: int = 3  # @nni.choice(3, 4)


type Alias[T] = dict[str, T]
text = f"{f(k="a")} {
    f(k=1)  # @nni.choice(1, 2): nothing inside an f-string is a slot
}"
# output
import nnic.runtime.trial as __nnic__; from m import f


def first[T: (int, str)](x: T = (1 if __nnic__.is_('case/first.x/choice', 0) else 2 if __nnic__.is_('case/first.x/choice', 1) else (1))) -> T:  # @nni.choice(1, 2)
    return x


class Box[T](metaclass=type):
    size: int = (3 if __nnic__.is_('case/size/choice', 0) else 4 if __nnic__.is_('case/size/choice', 1) else (3))  # @nni.choice(3, 4)


type Alias[T] = dict[str, T]
text = f"{f(k="a")} {
    f(k=1)  # @nni.choice(1, 2): nothing inside an f-string is a slot
}"
# space
# 4:33 case/first.x/choice = choice(1, 2) default 1
# 9:17 case/size/choice = choice(3, 4) default 3
