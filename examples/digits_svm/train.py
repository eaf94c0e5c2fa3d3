"""A support vector machine on scikit-learn's digits: trailing comments on ordinary assignments."""

from sklearn.datasets import load_digits
from sklearn.model_selection import cross_val_score
from sklearn.svm import SVC

C = 1.0  # @nni.loguniform(1e-2, 1e3)
gamma = "scale"  # @nni.choice("scale", "auto", 1e-4, 1e-3, 1e-2)
kernel = "rbf"  # @nni.choice("rbf", "poly", "linear")

X, y = load_digits(return_X_y=True)
accuracy = cross_val_score(SVC(C=C, gamma=gamma, kernel=kernel), X, y, cv=3).mean()
print(f"accuracy {accuracy:.4f}")
# @nni.report_final_result(accuracy)
