"""Fixtures of the whole test tree: one throw-away PostgreSQL per session."""

from __future__ import annotations

import os

# Before grpc is imported: its fork handlers abort the child that is about to become initdb.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from infra.contracts.paths import ROOT
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


FIRST = ("stack", "keycloak", "tests/visibility/test_rows.py")
"""What takes longest begins first, so that no process is left alone with it at the end."""


@pytest.hookimpl(tryfirst=True)  # before xdist's own hook, which writes the marker into the test's name
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say which tests have to stay together when `make test` spreads them over processes (pytest-xdist).

    A file does, because of its fixtures; so does whatever needs the one stack of this checkout, or a Keycloak.
    """
    groups = {item: _group(item) for item in items}
    for item, group in groups.items():
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: FIRST.index(groups[item]) if groups[item] in FIRST else len(FIRST))


def _group(item: pytest.Item) -> str:
    file = item.path.relative_to(ROOT).as_posix()
    if file.startswith("tests/e2e/"):
        return "stack"
    return "keycloak" if "keycloak" in getattr(item, "fixturenames", ()) else file
