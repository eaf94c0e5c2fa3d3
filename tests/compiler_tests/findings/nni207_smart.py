import nni
lr = nni.loguniform(1e-4, 1e-1)
act = nni.choice({"a": len})
params = nni.get_next_parameter()
# ---
import nni as n
from nni import choice, uniform as draw
lr = n.loguniform(1e-4, 1e-1)  # W: NNI207 6-18 n.loguniform(...) is not read as a parameter; only nni.loguniform(...) is
act = choice({"a": len})  # W: NNI207 7-13 choice(...) is not read as a parameter; only nni.choice(...) is
value = draw(0, 1)  # W: NNI207 9-13 draw(...) is not read as a parameter; only nni.uniform(...) is
x = n.get_next_parameter()
y = nni.uniform(0, 1)
