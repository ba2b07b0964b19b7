"""Fixtures of the whole test tree: one throw-away PostgreSQL per session."""

from __future__ import annotations

import os

# Before grpc is imported: its fork handlers abort the child that is about to become initdb.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from infra.postgres import Cluster

pytest_plugins = ["tests.infra_fixtures"]

# No test is a stopwatch: the machines are shared, and a busy one would fail what is right.
settings.register_profile("shared-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared-machine")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A real PostgreSQL, gone afterwards."""
    with Cluster.temporary() as started:
        yield started


STACK, KEYCLOAK = "stack", "keycloak"
TOGETHER = {
    "tests/e2e/": STACK,
    "tests/infra/": KEYCLOAK,
    "tests/gateway/": KEYCLOAK,
    "tests/chassis/test_tokens_of_keycloak.py": KEYCLOAK,
}
"""What has to stay in one process when `make test` spreads the tests: there is one stack of a checkout, and a Keycloak
takes its time to start. Everything else stays with its file, because of the file's fixtures."""
MATRIX = "tests/visibility/"
"""So many calls that each service's part is a group of its own; the first parameter of its tests is the service."""
FIRST = (STACK, KEYCLOAK, f"{MATRIX}test_routes", f"{MATRIX}test_tokens", MATRIX)
"""What takes longest begins first, so that no process is left alone with it at the end. The matrix asks who may before
the places of its rows are made: whoever compares all rows before and after a call compares few."""


def group(nodeid: str) -> str:
    """The tests that a test stays together with."""
    file, _, test = nodeid.partition("::")
    service = test.partition("[")[2].partition("-")[0].rstrip("]") if file.startswith(MATRIX) else ""
    return next((name for start, name in TOGETHER.items() if nodeid.startswith(start)), file + service)


class Groups(LoadScopeScheduling):
    """Hands out whole groups, in the order of the tests."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Groups:
    """Instead of xdist's own groups, which are lost with pytest 9.2: there a test's name can no longer be changed."""
    return Groups(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(
        key=lambda item: next(
            (at for at, start in enumerate(FIRST) if group(item.nodeid).startswith(start)), len(FIRST)
        )
    )
