"""Fixtures of the whole test tree: one throw-away PostgreSQL per session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.postgres import Cluster

pytest_plugins = ["tests.infra_fixtures"]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A real PostgreSQL, gone afterwards."""
    with Cluster.temporary() as started:
        yield started
