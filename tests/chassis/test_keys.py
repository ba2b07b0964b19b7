"""Keys are fetched, kept through an outage, exchanged when the realm exchanges them, and never hammered for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from chassis.clock import SystemClock
from chassis.errors import Unauthenticated, Unavailable
from chassis.keys import KeySet, KeysUnusableError, signing_keys
from chassis.tokens import PUBLIC_AUDIENCE, TokenVerifier
from tests.chassis.realm import Realm
from tests.chassis.token_corpus import ISSUER, Signer, b64


@pytest.fixture
async def realm() -> AsyncIterator[Realm]:
    running = Realm(Signer())
    await running.start()
    yield running
    await running.stop()


def _verifier(keys: KeySet) -> TokenVerifier:
    return TokenVerifier(keys, ISSUER, PUBLIC_AUDIENCE, SystemClock())


async def test_valid_tokens_go_on_working_while_keycloak_is_away(realm: Realm) -> None:
    keys = KeySet(realm.keys_url, interval=0.05, retry=0.05, unknown_interval=0.05, timeout=10)
    await keys.start()
    verifier = _verifier(keys)
    known = realm.signer.token()
    await verifier.verify(known)
    await realm.stop()
    await asyncio.sleep(0.3)
    await verifier.verify(known)
    await verifier.verify(realm.signer.token(jti="made after the outage began"))
    with pytest.raises(Unauthenticated):
        await verifier.verify(Signer(kid="key-of-nobody").token())
    await keys.close()


async def test_a_process_that_starts_before_keycloak_gets_its_keys_later(realm: Realm) -> None:
    await realm.stop()
    keys = KeySet(realm.keys_url, retry=0.05, timeout=10)
    await keys.start()
    assert not keys.ready
    with pytest.raises(Unavailable, match="KEYS_UNAVAILABLE"):
        await _verifier(keys).verify(realm.signer.token())
    await realm.start()
    await _until(lambda: keys.ready)
    await _verifier(keys).verify(realm.signer.token())
    await keys.close()


async def test_a_new_signing_key_is_picked_up_when_a_token_names_it(realm: Realm) -> None:
    keys = KeySet(realm.keys_url, unknown_interval=0.0)
    await keys.start()
    verifier = _verifier(keys)
    old = realm.signer.token()
    await verifier.verify(old)
    fresh = Signer(kid="key-2")
    realm.jwks = {"keys": [*realm.jwks["keys"], fresh.jwk()]}
    await verifier.verify(fresh.token())
    await verifier.verify(old)
    assert realm.keys == 2
    await keys.close()


async def test_a_new_signing_key_is_picked_up_at_the_interval(realm: Realm) -> None:
    keys = KeySet(realm.keys_url, interval=0.05)
    await keys.start()
    realm.jwks = Signer(kid="key-2").jwks()
    await _until(lambda: keys.find("key-2") is not None)
    await keys.close()


async def test_a_key_that_the_realm_takes_back_takes_remembered_tokens_along(realm: Realm) -> None:
    keys = KeySet(realm.keys_url)
    await keys.start()
    verifier = _verifier(keys)
    token = realm.signer.token()
    await verifier.verify(token)
    realm.jwks = Signer(kid="key-2").jwks()
    assert await keys.refresh()
    with pytest.raises(Unauthenticated, match="TOKEN_INVALID"):
        await verifier.verify(token)
    await keys.close()


async def test_a_key_that_changes_below_its_kid_takes_remembered_tokens_along(realm: Realm) -> None:
    keys = KeySet(realm.keys_url)
    await keys.start()
    verifier = _verifier(keys)
    token = realm.signer.token()
    await verifier.verify(token)
    realm.jwks = {"keys": [Signer(kid="thief").jwk() | {"kid": realm.signer.kid}]}
    assert await keys.refresh()
    with pytest.raises(Unauthenticated, match="TOKEN_INVALID"):
        await verifier.verify(token)
    await keys.close()


async def test_an_unchanged_key_set_forgets_nothing(realm: Realm) -> None:
    keys = KeySet(realm.keys_url)
    await keys.start()
    verifier = _verifier(keys)
    first = await verifier.verify(token := realm.signer.token())
    assert await keys.refresh()
    assert await verifier.verify(token) is first
    await keys.close()


async def test_a_flood_of_unknown_kids_does_not_hammer_keycloak(realm: Realm) -> None:
    keys = KeySet(realm.keys_url, unknown_interval=60.0)
    await keys.start()
    flood = [keys.wanted(f"made-up-{number}") for number in range(200)]
    assert set(await asyncio.gather(*flood)) == {None}
    assert realm.keys == 1
    await keys.close()


async def test_those_who_need_the_same_fetch_share_it(realm: Realm) -> None:
    realm.delay = 0.1
    keys = KeySet(realm.keys_url, unknown_interval=0.0)
    found = await asyncio.gather(*(keys.wanted(realm.signer.kid) for _ in range(50)))
    assert all(found)
    assert realm.keys == 1


async def test_who_gives_up_does_not_take_the_fetch_from_the_others(realm: Realm) -> None:
    realm.delay = 0.2
    keys = KeySet(realm.keys_url)
    first = asyncio.create_task(keys.wanted(realm.signer.kid))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(keys.wanted(realm.signer.kid))
    await asyncio.sleep(0.05)
    first.cancel()
    assert await second is not None
    assert realm.keys == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, None),
        (302, None),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"keys": []}'),
        (200, json.dumps(Signer(kid="key-2").jwks()).encode() + b" " * 300_000),
    ],
)
async def test_a_bad_answer_replaces_nothing(realm: Realm, status: int, body: bytes | None) -> None:
    keys = KeySet(realm.keys_url)
    await keys.start()
    realm.status, realm.body = status, body
    assert not await keys.refresh()
    await _verifier(keys).verify(realm.signer.token())
    await keys.close()


async def test_a_realm_that_does_not_answer_is_given_up(realm: Realm) -> None:
    realm.delay = 1.5
    keys = KeySet(realm.keys_url, timeout=0.1)
    async with asyncio.timeout(1.2):
        assert not await keys.refresh()


@pytest.mark.parametrize(
    "change",
    [
        {"use": "enc"},
        {"alg": "RS512"},
        {"alg": "none"},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "EC"},
        {"n": "AQAB"},
        {"n": "***"},
        {"n": None},
        {"e": 65537},
        {"kid": None},
        {"kid": 7},
    ],
    ids=json.dumps,
)
def test_what_is_no_signing_key_is_left_out(change: dict[str, object]) -> None:
    with pytest.raises(KeysUnusableError):
        signing_keys({"keys": [Signer().jwk() | change, "key", None]})


def test_a_weak_key_is_left_out() -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key().public_numbers().n
    with pytest.raises(KeysUnusableError):
        signing_keys({"keys": [Signer().jwk() | {"n": b64(weak.to_bytes(128, "big"))}]})


def test_a_key_may_leave_out_use_and_alg() -> None:
    jwk = Signer().jwk()
    assert set(signing_keys({"keys": [{name: jwk[name] for name in ("kid", "kty", "n", "e")}]})) == {"key-1"}


async def _until(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not come to pass within five seconds")
