# What the author commented out is no annotation, and nothing is said of it.
# """@nni.variable(nni.loguniform(1e-6, 5e-4), name=lr)"""
lr = 5e-5
# '@nni.variable(nni.choice(1, 2), name=lr)'
# lr = 0.1  # @nni.loguniform(1e-4, 1e-1)
a = 32
# self.lr: float = 0.1  # @nni.loguniform(1e-4, 1e-1)
# parser.add_argument("--lr", default=0.1)  # @nni.loguniform(1e-4, 1e-1)
# @click.option("--lr", default=0.1)  # @nni.loguniform(1e-4, 1e-1)
b = dict(
    # lr=0.1,  # @nni.loguniform(1e-4, 1e-1)
    # "lr": 0.1,  # @nni.loguniform(1e-4, 1e-1)
    k=1,
)
"""@nni.report_final_result(a)"""
# nni.report_final_result(b)
# Pragmas before an annotation are none of it.
# noqa: E501  # @nni.choice(1, 2)
c = 1
# fmt: skip # type: ignore # @nni.choice(1, 2)
d = 1
# a remark # @nni.choice(1, 2)
e = 1
# ---
# nni.report_final_result(1)  # W: NNI204 3-26 this looks like an annotation, but an annotation begins with '@nni.report_final_result('
# nni.choice(1, 2)  # W: NNI204 3-13 this looks like an annotation, but an annotation begins with '@nni.choice('
"""nni.variable(nni.choice(1, 2), name=p)"""  # W: NNI204 4-16 this looks like an annotation, but an annotation begins with '@nni.variable('
p = 1
"nni.choice is a function"
"""nni.report_final_result(p)"""  # W: NNI204 4-27 this looks like an annotation, but an annotation begins with '@nni.report_final_result('
