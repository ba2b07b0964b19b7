"""Fixtures of the whole test tree: one throw-away PostgreSQL per session."""

from __future__ import annotations

import os

# Before grpc is imported: its fork handlers abort the child that is about to become initdb.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

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
