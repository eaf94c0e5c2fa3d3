import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--programs", type=int, default=None, help="how many programs the property tests generate"
    )
    parser.addoption(
        "--insertions", type=int, default=None, help="how many annotations are inserted into real files"
    )
    parser.addoption(
        "--update-data", action="store_true", help="rewrite the expectations of cases, for review"
    )


@pytest.fixture(scope="session")
def program_count(request: pytest.FixtureRequest) -> int:
    given = request.config.getoption("programs", default=None)
    return given or int(os.environ.get("NNIC_PROGRAMS", "500"))


@pytest.fixture(scope="session")
def insertion_count(request: pytest.FixtureRequest) -> int:
    given = request.config.getoption("insertions", default=None)
    return given or int(os.environ.get("NNIC_INSERTIONS", "300"))


@pytest.fixture(scope="session")
def update_data(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("update_data", default=False))
