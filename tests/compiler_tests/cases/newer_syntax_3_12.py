from m import f


def first[T: (int, str)](x: T = 1) -> T:  # @nni.choice(1, 2)
    return x


class Box[T](metaclass=type):
    size: int = 3  # @nni.choice(3, 4)


type Alias[T] = dict[str, T]
text = f"{f(k="a")} {
    f(k=1)  # @nni.choice(1, 2): nothing inside an f-string is a slot
}"
