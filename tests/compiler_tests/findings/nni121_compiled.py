import nnic.runtime.trial as __nnic__; x = 1  # @nni.choice(1, 2)  # E: NNI121 8-38 nnic has already compiled this file; compile the original
# ---
x = __nnic__.get("x")  # E: NNI121 5-13 nnic has already compiled this file; compile the original
# ---
class A:
    x = (__import__("nnic.runtime.trial", fromlist=["has"]).get("nni") if y else (1))  # E: NNI121 10-60 nnic has already compiled this file; compile the original
# ---
# The name __nnic__ in text is harmless.
x = "__nnic__"  # @nni.choice(1, "__nnic__")
