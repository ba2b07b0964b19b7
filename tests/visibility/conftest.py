"""All four services, each with a database of its own on a cluster of its own: nobody else's rows are in them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from chassis.identity import Kind, Principal, Role
from infra.postgres import Cluster
from tests.equipment_leasing.conftest import equipment, yard
from tests.harness import Harness, Organisation
from tests.labour.conftest import labour, vault
from tests.labour.conftest import site as labour_site
from tests.procurement.conftest import procurement
from tests.procurement.conftest import site as procurement_site
from tests.project_mgmt.conftest import project_mgmt
from tests.project_mgmt.conftest import site as project_site
from tests.visibility.calls import Caller

__all__ = (
    "equipment",
    "labour",
    "labour_site",
    "procurement",
    "procurement_site",
    "project_mgmt",
    "project_site",
    "vault",
    "yard",
)

FIXTURES = {"equipment_leasing": "equipment"}


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Not the one of the other tests: a database of the same name would get new passwords."""
    with Cluster.temporary() as started:
        yield started


@pytest.fixture
def package(request: pytest.FixtureRequest) -> str:
    """The service under test; tests are parametrised with it."""
    name: str = request.param
    return name


@pytest.fixture
def harness(package: str, request: pytest.FixtureRequest) -> Harness:
    """The service under test."""
    found: Harness = request.getfixturevalue(FIXTURES.get(package, package))
    return found


@pytest.fixture(scope="session")
def tokens() -> dict[tuple[str, Principal], str]:
    """Every token that was signed, by service and principal."""
    return {}


@pytest.fixture
async def caller(harness: Harness, tokens: dict[tuple[str, Principal], str]) -> AsyncIterator[Caller]:
    """Calls the service under test."""
    async with harness.client(None) as client:
        yield Caller(harness, client, tokens)


@pytest.fixture(scope="session")
def everybody() -> list[tuple[Kind, Role, Principal]]:
    """A member with each role of a fresh organisation of each kind."""
    found = []
    for kind in Kind:
        fresh = Organisation(frozenset({kind}))
        found += [(kind, role, fresh.as_(role)) for role in Role]
    return found
