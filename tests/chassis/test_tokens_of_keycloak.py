"""The verifier, the key set and service tokens against a real Keycloak, not our idea of one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import requests

from chassis.clock import SystemClock
from chassis.errors import Unauthenticated
from chassis.identity import Kind, Role, service_principal
from chassis.keys import KeySet
from chassis.service_tokens import ServiceTokens
from chassis.tokens import INTERNAL_AUDIENCE, PUBLIC_AUDIENCE, TokenVerifier
from infra.keycloak.realm import DEMO_CLIENT, REALM
from tests.infra_fixtures import OPERATOR, OPERATOR_ADMIN, PASSWORD, RunningKeycloak


@pytest.fixture
async def keys(keycloak: RunningKeycloak) -> AsyncIterator[KeySet]:
    fetched = KeySet.of_issuer(keycloak.issuer)
    await fetched.start()
    yield fetched
    await fetched.close()


def _verifier(keycloak: RunningKeycloak, keys: KeySet, audience: str) -> TokenVerifier:
    return TokenVerifier(keys, keycloak.issuer, audience, SystemClock())


async def test_a_members_token_opens_the_public_door_only(keycloak: RunningKeycloak, keys: KeySet) -> None:
    token = await asyncio.to_thread(keycloak.password_token, OPERATOR_ADMIN.username)
    principal = await _verifier(keycloak, keys, PUBLIC_AUDIENCE).principal(token, None)
    assert principal.organisation_id == OPERATOR.organisation_id
    assert principal.kinds == frozenset({Kind.OPERATOR})
    assert principal.roles == frozenset({Role.ADMIN})
    assert principal.client_id == DEMO_CLIENT
    with pytest.raises(Unauthenticated, match="TOKEN_WRONG_AUDIENCE"):
        await _verifier(keycloak, keys, INTERNAL_AUDIENCE).service(token)


async def test_a_services_token_opens_the_grpc_door_only(keycloak: RunningKeycloak, keys: KeySet) -> None:
    tokens = ServiceTokens.of_issuer(keycloak.issuer, "procurement", keycloak.secret("procurement"))
    token = await tokens.token()
    await tokens.close()
    internal = _verifier(keycloak, keys, INTERNAL_AUDIENCE)
    assert await internal.service(token) == service_principal("procurement")
    with pytest.raises(Unauthenticated, match="TOKEN_WRONG_AUDIENCE"):
        await _verifier(keycloak, keys, PUBLIC_AUDIENCE).principal(token, None)


@pytest.mark.parametrize("kind", ["id_token", "refresh_token"])
async def test_only_access_tokens_open_a_door(keycloak: RunningKeycloak, keys: KeySet, kind: str) -> None:
    answer = await asyncio.to_thread(_all_tokens, keycloak)
    with pytest.raises(Unauthenticated):
        await _verifier(keycloak, keys, PUBLIC_AUDIENCE).verify(answer[kind])


def _all_tokens(keycloak: RunningKeycloak) -> dict[str, Any]:
    form = {
        "grant_type": "password",
        "client_id": DEMO_CLIENT,
        "username": OPERATOR_ADMIN.username,
        "password": PASSWORD,
        "scope": "openid",
    }
    answer = requests.post(f"{keycloak.issuer}/protocol/openid-connect/token", data=form, timeout=30)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


async def test_a_new_signing_key_of_the_realm_is_picked_up(keycloak: RunningKeycloak, keys: KeySet) -> None:
    verifier = _verifier(keycloak, keys, PUBLIC_AUDIENCE)
    before = await asyncio.to_thread(keycloak.password_token, OPERATOR_ADMIN.username)
    await verifier.verify(before)
    component = await asyncio.to_thread(_add_key, keycloak)
    try:
        after = await asyncio.to_thread(keycloak.password_token, OPERATOR_ADMIN.username)
        assert after.split(".")[0] != before.split(".")[0]
        keys._asked_at = float("-inf")  # the pause between two fetches for unknown kids is over
        await verifier.verify(after)
        await verifier.verify(before)
    finally:
        await asyncio.to_thread(keycloak.admin.delete_component, component)


def _add_key(keycloak: RunningKeycloak) -> str:
    admin = keycloak.admin
    realm = admin.get_realm(REALM)
    component: str = admin.create_component(
        {
            "name": "a-newer-key",
            "providerId": "rsa-generated",
            "providerType": "org.keycloak.keys.KeyProvider",
            "parentId": realm["id"],
            "config": {"priority": ["1000"], "enabled": ["true"], "active": ["true"], "algorithm": ["RS256"]},
        }
    )
    return component
