"""Ridge regression in closed form."""

import numpy as np


class Ridge:
    penalty = 1.0  # @nni.loguniform(1e-4, 1e3)

    def fit(self, x, y):
        gram = x.T @ x + self.penalty * np.eye(x.shape[1])
        self.weights = np.linalg.solve(gram, x.T @ y)
        return self

    def error(self, x, y):
        return float(np.abs(x @ self.weights - y).mean())
