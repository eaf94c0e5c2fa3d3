import nni
lr = nni.loguniform(1e-4, 1e-1)  # W: NNI207 6-20 nni.loguniform(...) in code is not read by this release; write an annotation
act = nni.choice({"a": lambda: 1})()  # W: NNI207 7-17 nni.choice(...) in code is not read by this release; write an annotation
params = nni.get_next_parameter()
nni.report_final_result(1)
# ---
from m import nni
lr = nni.choice(1, 2)  # @nni.variable(nni.choice(1, 2), name=lr)
