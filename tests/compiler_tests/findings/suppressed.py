# `nnic: ignore` hides the findings of its line.
a = 5  # @nni.unifrom(0, 10)  # nnic: ignore[NNI101]
a = 5  # @nni.unifrom(0, 10)  # nnic: ignore[NNI102]  # E: NNI101 15-22 unknown annotation nni.unifrom; did you mean nni.uniform?
a = 5  # @nni.unifrom(0, 10)  # nnic: ignore[NNI102, NNI101]
a = 5  # @nni.unifrom(0, 10)  # nnic: ignore
b = 5  # @nni.uniform(0, 1)  # nnic: ignore[NNI202]
