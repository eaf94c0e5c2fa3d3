"""Adapters to the optimizers of others; a module is imported only where its package is installed."""
