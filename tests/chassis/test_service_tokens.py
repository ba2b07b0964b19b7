"""A service's own tokens: fetched once for all, renewed early, kept while Keycloak is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from chassis.errors import Unavailable
from chassis.service_tokens import ServiceTokens
from tests.chassis.realm import Realm
from tests.chassis.token_corpus import Signer

SECRET = "a-secret-of-the-service"


@pytest.fixture
async def realm() -> AsyncIterator[Realm]:
    running = Realm(Signer())
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def tokens(realm: Realm) -> AsyncIterator[ServiceTokens]:
    made = ServiceTokens(realm.token_url, "procurement", SECRET, timeout=10)
    yield made
    await made.close()


async def test_a_token_is_fetched_once_for_all_who_wait(realm: Realm, tokens: ServiceTokens) -> None:
    realm.delay = 0.1
    got = await asyncio.gather(*(tokens.token() for _ in range(50)))
    assert len(set(got)) == 1
    assert await tokens.token() == got[0]
    assert realm.forms == [{"grant_type": "client_credentials", "client_id": "procurement", "client_secret": SECRET}]


async def test_a_due_renewal_lets_nobody_wait(realm: Realm, tokens: ServiceTokens) -> None:
    old = await tokens.token()
    realm.delay = 0.3
    _age(tokens, due=True)
    assert await tokens.token() == old
    assert tokens._flight is not None
    assert not tokens._flight.done()
    await tokens._flight
    assert await tokens.token() != old
    assert realm.tokens == 2


async def test_a_renewal_is_due_half_a_minute_before_the_end(realm: Realm, tokens: ServiceTokens) -> None:
    now = asyncio.get_running_loop().time()
    await tokens.token()
    assert tokens._held is not None
    assert tokens._held.ends_at - tokens._held.renew_at == 30
    assert 295 < tokens._held.ends_at - now < 330


async def test_the_old_token_serves_until_its_end_while_keycloak_is_away(realm: Realm, tokens: ServiceTokens) -> None:
    old = await tokens.token()
    await realm.stop()
    _age(tokens, due=True)
    assert await tokens.token() == old
    _age(tokens, due=True, over=True)
    with pytest.raises(Unavailable, match="IDENTITY_UNAVAILABLE"):
        await tokens.token()


def _age(tokens: ServiceTokens, *, due: bool, over: bool = False) -> None:
    """Make the token that is held as old as a test needs it."""
    assert tokens._held is not None
    past = asyncio.get_running_loop().time() - 1
    held = tokens._held
    tokens._held = replace(held, renew_at=past if due else held.renew_at, ends_at=past if over else held.ends_at)


async def test_without_keycloak_it_is_asked_once_a_second(realm: Realm, tokens: ServiceTokens) -> None:
    realm.status = 503
    for _ in range(20):
        with pytest.raises(Unavailable, match="IDENTITY_UNAVAILABLE"):
            await tokens.token()
    assert realm.tokens == 1
    realm.status = 200
    await asyncio.sleep(1.05)
    assert await tokens.token()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, b'{"error": "invalid_client"}'),
        (302, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"access_token": "a"}'),
        (200, b'{"access_token": 1, "expires_in": 300}'),
        (200, b'{"access_token": "a", "expires_in": 0}'),
        (200, b'{"access_token": "a", "expires_in": "soon"}'),
    ],
)
async def test_an_answer_without_a_token(
    realm: Realm, tokens: ServiceTokens, status: int, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    realm.status, realm.body = status, body
    with caplog.at_level(logging.WARNING), pytest.raises(Unavailable, match="IDENTITY_UNAVAILABLE"):
        await tokens.token()
    assert "procurement" in caplog.text
    assert SECRET not in caplog.text


async def test_a_refused_token_is_exchanged(realm: Realm, tokens: ServiceTokens) -> None:
    old = await tokens.token()
    tokens.refused("another")
    assert await tokens.token() == old
    tokens.refused(old)
    assert await tokens.token() != old


async def test_who_gives_up_does_not_take_the_answer_from_the_others(realm: Realm, tokens: ServiceTokens) -> None:
    realm.delay = 0.2
    first = asyncio.create_task(tokens.token())
    await asyncio.sleep(0.05)
    second = asyncio.create_task(tokens.token())
    await asyncio.sleep(0.05)
    first.cancel()
    assert await second
    assert realm.tokens == 1
