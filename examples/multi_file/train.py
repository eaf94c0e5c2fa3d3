"""A forecast in several files: the annotations stand in two modules of the package beside this script."""

from forecast.features import features
from forecast.model import Ridge
from forecast.series import load

series = load()
window, targets = features(series)
split = len(targets) * 2 // 3
model = Ridge().fit(window[:split], targets[:split])
error = model.error(window[split:], targets[split:])
print(f"mean absolute error {error:.4f}")
# @nni.report_final_result(error)
