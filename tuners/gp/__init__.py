"""The tuner that searches with a Gaussian process, and its model."""
