import nni
def f(nni):  # W: NNI210 7-10 nni is something else from here on, so nni.uniform(...) is not NNI's
    return nni.uniform(0.0, 1)
def g(nni):
    return nni.other(0.0, 1)
def h():
    return nni.uniform(0.0, 1)
k = lambda nni: nni.choice(1, 2)  # W: NNI210 12-15 nni is something else from here on, so nni.choice(...) is not NNI's
# ---
import nni
for nni in range(3):  # W: NNI210 5-8 nni is something else from here on, so nni.report_final_result(...) is not NNI's
    pass
nni.report_final_result(1)
# ---
from compat import nni  # W: NNI210 1-23 nni is something else from here on, so nni.choice(...) is not NNI's
x = nni.choice(1, 2)
# ---
import numpy as nni  # W: NNI210 17-20 nni is something else from here on, so nni.choice(...) is not NNI's
x = nni.random.choice(1, 2)
y = nni.choice(1, 2)
# ---
class nni:  # W: NNI210 7-10 nni is something else from here on, so nni.choice(...) is not NNI's
    choice = print
nni.choice(1, 2)
# ---
try:
    import nni
except ImportError:
    nni = None
x = nni.choice(1, 2)
# ---
try:
    import nni
except ImportError:
    class nni: ...
x = nni.choice(1, 2)
# ---
nni = None
import nni.utils
nni.report_final_result(1)
# ---
nni = "a name in a script without smart parameters"
x = 1  # @nni.choice(1, 2)
print(nni.upper())
# ---
import nni as n, nni
def f(nni):  # W: NNI210 7-10 nni is something else from here on, so nni.get_next_parameter(...) is not NNI's
    def g():
        nni.get_next_parameter()
