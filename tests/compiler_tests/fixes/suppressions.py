a = 5.0  # @nni.uniform(0, 10)  # nnic: ignore[NNI202]
b = 9  # @nni.uniform(0.0, 1)  # nnic: ignore[NNI202, NNI201]
c = 5.0  # nnic: ignore[NNI202]  # noqa: X100
d = 5.0  # nnic: ignore[NNI202] for a reason
# nnic: ignore[NNI202]
e = 5.0
# nnic: ignore[NNI202]  # another comment
f = 5.0  # nnic: ignore[NNI201, NNI999]
# fixed
a = 5.0  # @nni.uniform(0, 10)
b = 9  # @nni.uniform(0.0, 1)  # nnic: ignore[NNI202]
c = 5.0  # noqa: X100
d = 5.0  # for a reason
e = 5.0
# another comment
f = 5.0
# unsafe
a = 5.0  # @nni.uniform(0, 10)
b = 9  # @nni.uniform(0.0, 1)  # nnic: ignore[NNI202]
c = 5.0  # noqa: X100
d = 5.0  # for a reason
e = 5.0
# another comment
f = 5.0
