"""The comparison of tuners: tasks, players, runs, figures.

It is imported before numpy, for what follows: each process of a run has one thread.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
