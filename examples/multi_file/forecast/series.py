"""The data, found through ``__file__``."""

from pathlib import Path

import numpy as np


def load():
    return np.loadtxt(Path(__file__).parent / "series.csv", delimiter=",", skiprows=1, usecols=1)
