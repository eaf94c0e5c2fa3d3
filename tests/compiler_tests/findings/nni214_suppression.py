"""Only comments count: # nnic: ignore[NNI101]"""
a = 5  # @nni.uniform(0.0, 10)  # nnic: ignore[NNI202]  # W: NNI214 48-54 there is no NNI202 to hide here
a = 5  # @nni.uniform(0.0, 10)  # nnic: ignore[NNI999]  # N: NNI301 10-31 a is the same parameter as the a annotated before  # W: NNI214 48-54 there is no finding NNI999
b = 9  # @nni.uniform(0.0, 1)  # nnic: ignore[NNI202, NNI201]  # W: NNI214 55-61 there is no NNI201 to hide here
b = 9  # @nni.uniform(0.0, 1)  # nnic: ignore[NNI202]  # N: NNI301 10-30 b is the same parameter as the b annotated before
c = 9  # @nni.uniform(0.0, 1)  # nnic: ignore
d = 5  # @nni.uniform(0.0, 10)  # nnic: ignore
e = 5  # @nni.unifrom(0.0, 10)  # nnic: ignore[NNI101, NNI202]
f = 5  # @nni.uniform(0.0, 10)  # nnic: ignore-file[NNI202]  # W: NNI214 33-60 nnic: ignore-file stands on a line of its own at the top of its file; here it hides nothing
g = 9  # @nni.uniform(0.0, 1)  # nnic:ignore [nni202] because it is so
h = 5  # @nni.uniform(0.0, 10)  # nnic: ignore[NNI211]
# nnic: ignore-file  # W: NNI214 1-20 nnic: ignore-file stands on a line of its own at the top of its file; here it hides nothing
i = "# nnic: ignore[NNI101]"
j = 9  # @nni.uniform(0.0, 1)  # nnic: ignored[NNI202]  # W: NNI202 23-29 the script's own value 9 lies outside of nni.uniform(0.0, 1)
# ---
# nnic: ignore[NNI202]
# @nni.uniform(0.0, 1)
a = 9
# nnic: ignore[NNI202]

# @nni.uniform(
#     0.0, 1)
b = 9
# nnic: ignore[NNI202]  # W: NNI214 16-22 there is no NNI202 to hide here
x = 1
# @nni.uniform(0.0, 1)  # W: NNI202 16-22 the script's own value 9 lies outside of nni.uniform(0.0, 1)
c = 9
'''
@nni.variable(nni.uniform(0.0, 1), name=d)
'''  # nnic: ignore[NNI202]
d = 9
f(
    1,
    # nnic: ignore[NNI202]
    a=9,  # @nni.uniform(0.0, 1)
    b=9,  # @nni.uniform(0.0, 1)  # W: NNI202 26-32 the script's own value 9 lies outside of nni.uniform(0.0, 1)
)
# nnic: ignore[NNI202]
g(
    1,
    a=9,  # @nni.uniform(0.0, 1)
    b=9,  # @nni.uniform(0.0, 1)
)
def f(*args, **kwargs): ...
def g(*args, **kwargs): ...
# ---
#!/bin/sh
"""A docstring."""
# nnic: ignore-file[NNI202]
a = 9  # @nni.uniform(0.0, 1)
b = 9  # @nni.unifrom(0.0, 1)  # E: NNI101 15-22 unknown annotation nni.unifrom; did you mean nni.uniform?
# ---
# nnic: ignore-file
b = 9  # @nni.unifrom(0.0, 1)
