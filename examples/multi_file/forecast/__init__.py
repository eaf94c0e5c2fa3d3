"""A tiny forecasting package."""
