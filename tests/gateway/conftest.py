"""The gateway under test, with its database; Keycloak only where a test asks for it."""

from __future__ import annotations

import base64
import itertools
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from stdnum.cn import uscc

from chassis.identity import Kind, Principal, Role
from gateway.access.secrets import Cipher
from gateway.app import SERVICE
from infra.postgres import Cluster
from tests.harness import NOON, Harness, Organisation, key, organisation

_numbers = itertools.count(secrets.randbelow(10**8))
ORGANISATIONS = "/access/v1/organisations"
MEMBERS = "/access/v1/members"
CLIENTS = "/access/v1/clients"
AFFILIATIONS = "/access/v1/affiliations"


def new_uscc() -> str:
    """A code that nobody has had, with its check digit."""
    first = f"91440300{next(_numbers):09d}"
    return first + str(uscc.calc_check_digit(first))


def new_email(name: str = "zhang.wei") -> str:
    """An address that nobody has had."""
    return f"{name}.{next(_numbers)}@example.com"


def application(*kinds: Kind, **changes: Any) -> dict[str, Any]:
    """A good registration."""
    return {
        "name": "深圳示范建设有限公司",
        "uscc": new_uscc(),
        "kinds": [kind.value for kind in kinds or (Kind.CONTRACTOR,)],
        "contact": {"name": "李娜", "email": "office@example.com", "phone": "0755-26543210"},
        "administrator": {"name": "张伟", "email": new_email()},
    } | changes


@dataclass
class Admitted:
    """An organisation that is in, its answer to the registration, and principals of its people."""

    organisation: Organisation
    registered: dict[str, Any]
    admin: Principal

    @property
    def id(self) -> UUID:
        return self.organisation.id


@dataclass
class Access:
    """Brings organisations in through the public door."""

    harness: Harness
    operator: Principal

    async def post(self, who: Principal | None, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """One keyed call."""
        async with self.harness.client(who) as client:
            return await client.post(path, json=body, headers=key() | headers)

    async def get(self, who: Principal, path: str, **query: str) -> httpx.Response:
        """One question."""
        async with self.harness.client(who) as client:
            return await client.get(path, params=query)

    async def put(self, who: Principal, path: str, body: Any, version: int) -> httpx.Response:
        """One change."""
        async with self.harness.client(who) as client:
            return await client.put(path, json=body, headers={"If-Match": f'"{version}"'})

    async def registered(self, *kinds: Kind, **changes: Any) -> dict[str, Any]:
        """A pending organisation."""
        answer = await self.post(None, ORGANISATIONS, application(*kinds, **changes))
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def admitted(self, *kinds: Kind, **changes: Any) -> Admitted:
        """An active organisation."""
        made = await self.registered(*kinds, **changes)
        answer = await self.post(self.operator, f"{ORGANISATIONS}/{made['id']}:admit", {})
        assert answer.status_code == 200, answer.text
        member = Organisation(frozenset(kinds or (Kind.CONTRACTOR,)), UUID(made["id"]))
        return Admitted(member, made, member.as_(Role.ADMIN))

    async def operating(self) -> Principal:
        """An administrator of an operator that is an organisation with a row of its own, like the real one."""
        made = await self.registered(Kind.SUPPLIER)
        answer = await self.post(self.operator, f"{ORGANISATIONS}/{made['id']}:admit", {"kinds": ["operator"]})
        assert answer.status_code == 200, answer.text
        return Organisation(frozenset({Kind.OPERATOR}), UUID(made["id"])).as_(Role.ADMIN)

    async def invited(self, by: Admitted, *roles: Role) -> dict[str, Any]:
        """A member."""
        body = {"name": "王芳", "email": new_email("wang.fang"), "roles": [role.value for role in roles]}
        answer = await self.post(by.admin, MEMBERS, body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def client(self, by: Admitted, *roles: Role) -> dict[str, Any]:
        """An API client."""
        body = {"name": "ERP", "roles": [role.value for role in roles or (Role.INTEGRATOR,)]}
        answer = await self.post(by.admin, CLIENTS, body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def asked(self, parent: Admitted, child: Admitted | None = None) -> dict[str, Any]:
        """A request to belong to the parent's group, to a fresh organisation when none is named."""
        whom = child or await self.admitted()
        answer = await self.post(parent.admin, AFFILIATIONS, {"uscc": whom.registered["uscc"]})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def row(self, table: str, row_id: str) -> dict[str, Any]:
        """A row as it stands."""
        async with self.harness.sql() as connection:
            found = await connection.fetchrow(f"SELECT * FROM {table} WHERE id = $1", UUID(row_id))
        assert found is not None
        return dict(found)


@pytest.fixture(scope="session")
async def gateway(cluster: Cluster) -> AsyncIterator[Harness]:
    """The gateway's own application with its migrated database.

    Its clock shows the real time when it starts: Keycloak's tokens and accounts are compared with it.
    """
    addresses = cluster.create_service_database("gateway")
    cipher = Cipher({"k1": base64.b64encode(secrets.token_bytes(32)).decode()})
    harness = await Harness.start(SERVICE, addresses, cipher=cipher)
    harness.clock.advance(datetime.now(UTC) - NOON)
    yield harness
    await harness.stop()


@pytest.fixture
def access(gateway: Harness) -> Access:
    return Access(gateway, organisation(Kind.OPERATOR).as_(Role.ADMIN))
