"""The tasks of the comparison, by their names."""

from __future__ import annotations

from tuning.real import load_real
from tuning.structured import STRUCTURED
from tuning.synthetic import SYNTHETIC
from tuning.task import Task

TASKS: dict[str, Task] = {task.name: task for task in (*SYNTHETIC, *STRUCTURED, *load_real())}
