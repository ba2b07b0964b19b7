"""Access with a real Keycloak behind it."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import pytest
import requests

from chassis.identity import service_principal
from gateway.access.provisioning import service
from gateway.clients.keycloak import Keycloak
from infra.keycloak.realm import ACCESS_CLIENT, REALM
from tests.gateway.conftest import Access, Admitted
from tests.infra_fixtures import RunningKeycloak

WAITING = """
SELECT $1::uuid AS id
UNION ALL (SELECT id FROM members WHERE organisation_id = $1 AND synced_version <> version ORDER BY id)
UNION ALL (SELECT id FROM clients WHERE organisation_id = $1 AND synced_version <> version ORDER BY id)
"""


def adapter(keycloak: RunningKeycloak, kind: type[Keycloak] = Keycloak, **more: Any) -> Keycloak:
    """The adapter with the rights that it has in production, and no more."""
    return kind(keycloak.url, REALM, ACCESS_CLIENT, keycloak.secret(ACCESS_CLIENT), **more)


@dataclass
class Realm:
    """Runs the job, and asks Keycloak what came of it."""

    access: Access
    running: RunningKeycloak
    adapter: Keycloak

    async def provision(self, organisation_id: UUID, through: Keycloak | None = None) -> None:
        """The jobs of an organisation and of everything that it has and Keycloak has not."""
        async with self.access.harness.sql() as connection:
            rows = await connection.fetch(WAITING, organisation_id)
        for row in rows:
            await self.provision_one(organisation_id, row["id"], through)

    async def provision_one(self, organisation_id: UUID, only: UUID, through: Keycloak | None = None) -> None:
        """One run of one job."""
        clients = {**self.access.harness.runtime.clients, "keycloak": through or self.adapter}
        payload = {"organisation_id": str(organisation_id), "only": str(only)}
        async with self.access.harness.work(service_principal("gateway")) as work:
            await service.provision(work, payload, clients)

    async def brought(self, admitted: Admitted) -> Admitted:
        """The same organisation, once Keycloak has it."""
        await self.provision(admitted.id)
        return admitted

    def person(self, username: str, password: str) -> Mapping[str, Any] | None:
        """What a person's token says; None when there is none to be had."""
        return self._claims(lambda: self.running.password_token(username, password))

    def program(self, client_id: str, secret: str) -> Mapping[str, Any] | None:
        """What an API client's token says; None when there is none to be had."""
        return self._claims(lambda: self.running.client_token(client_id, secret))

    def user(self, username: str) -> Mapping[str, Any] | None:
        """The account as Keycloak's administrator sees it."""
        found = self.running.admin.get_users({"username": username, "exact": True})
        return cast(Mapping[str, Any], found[0]) if found else None

    @staticmethod
    def _claims(get: Any) -> Mapping[str, Any] | None:
        try:
            token: str = get()
        except requests.HTTPError as error:
            if error.response is None or error.response.status_code not in (400, 401):
                raise
            return None
        part = token.split(".")[1]
        return cast(Mapping[str, Any], json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


@pytest.fixture
async def realm(access: Access, keycloak: RunningKeycloak) -> AsyncIterator[Realm]:
    made = adapter(keycloak)
    yield Realm(access, keycloak, made)
    await made.close()
