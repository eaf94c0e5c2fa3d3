"""The Gaussian process tuner and its model."""
