"""``--trials N``: the conformance suites watch the memory of every tuner for so many trials."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--trials", type=int, help="trials of test_memory_is_linear, instead of some hundreds")


@pytest.fixture(autouse=True)
def _sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    trials = request.config.getoption("--trials", None)
    if trials is not None and hasattr(request.cls, "sizes"):
        monkeypatch.setattr(request.cls, "sizes", (trials // 4, trials // 2, trials))
