"""The realm's public signing keys, kept at hand so that a token is verified without asking Keycloak.

Keys are fetched at start, then at an interval, and when a token names a key that is not known (a new one may
have come). What was fetched last stays valid while Keycloak is away.
"""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Mapping
from typing import Any

import aiohttp
import orjson
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import RSAKey

ALGORITHM = "RS256"
_MINIMUM_BITS = 2048
_MAXIMUM_BYTES = 256 * 1024
_log = logging.getLogger(__name__)


class KeysUnusableError(ValueError):
    """The answer to a fetch holds no key set with a signing key."""


class KeySet:
    """RS256 keys by `kid`.

    `interval`: seconds between two fetches. `retry`: seconds until the next try after a failed one.
    `unknown_interval`: least seconds between two fetches that unknown kids cause, so that a flood of made-up
    ones does not hammer Keycloak. `timeout`: seconds for one fetch.
    """

    def __init__(
        self,
        url: str,
        *,
        interval: float = 300.0,
        retry: float = 2.0,
        unknown_interval: float = 10.0,
        timeout: float = 3.0,
    ) -> None:
        self._url = url
        self._interval = interval
        self._retry = retry
        self._unknown_interval = unknown_interval
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._keys: dict[str, RSAKey] = {}
        self._flight: asyncio.Task[bool] | None = None
        self._refresher: asyncio.Task[None] | None = None
        self._asked_at = float("-inf")
        self.generation = 0

    @classmethod
    def static(cls, jwks: Mapping[str, Any]) -> KeySet:
        """A fixed key set that is never fetched; for tests."""
        made = cls("")
        made._replace(signing_keys(jwks))
        return made

    @classmethod
    def of_issuer(cls, issuer: str) -> KeySet:
        """The keys of a Keycloak realm."""
        return cls(f"{issuer}/protocol/openid-connect/certs")

    @property
    def ready(self) -> bool:
        """Whether there is any key; without one no token can be judged."""
        return bool(self._keys)

    def find(self, kid: str) -> RSAKey | None:
        """The key that is at hand."""
        return self._keys.get(kid)

    async def wanted(self, kid: str) -> RSAKey | None:
        """The key, fetched afresh when it is not known and the last fetch is not too young."""
        if kid not in self._keys and self._url and self._may_ask():
            await self.refresh()
        return self._keys.get(kid)

    async def refresh(self) -> bool:
        """Fetch once, however many ask at the same time; False (and the old keys) when that failed."""
        if self._flight is None or self._flight.done():
            self._asked_at = asyncio.get_running_loop().time()
            self._flight = asyncio.create_task(self._fetch(), name="keys-fetch")
        # Shielded: who gives up waiting must not take the fetch from the others.
        return await asyncio.shield(self._flight)

    async def start(self) -> None:
        """Try a first fetch and go on refreshing in the background; does not fail when Keycloak is away."""
        if self._url and self._refresher is None:
            fetched = await self.refresh()
            self._refresher = asyncio.create_task(self._keep_fresh(fetched), name="keys-refresh")

    async def close(self) -> None:
        """Stop refreshing."""
        tasks = [task for task in (self._refresher, self._flight) if task is not None]
        self._refresher = self._flight = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _may_ask(self) -> bool:
        if self._flight is not None and not self._flight.done():
            return True
        pause = self._unknown_interval if self._keys else min(self._retry, self._unknown_interval)
        return asyncio.get_running_loop().time() - self._asked_at >= pause

    async def _keep_fresh(self, fetched: bool) -> None:
        while True:
            await asyncio.sleep(self._interval if fetched else self._retry)
            fetched = await self.refresh()

    async def _fetch(self) -> bool:
        try:
            self._replace(signing_keys(await self._download()))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            _log.warning(
                "signing keys could not be fetched; the %d known ones stay valid: %s: %s",
                len(self._keys),
                type(error).__name__,
                error,
            )
            return False
        return True

    async def _download(self) -> Any:
        async with (
            aiohttp.ClientSession(timeout=self._timeout) as session,
            session.get(self._url, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise KeysUnusableError(f"status {answer.status}")
            body = await answer.content.read(_MAXIMUM_BYTES)
            while not answer.content.at_eof() and len(body) < _MAXIMUM_BYTES:
                body += await answer.content.read(_MAXIMUM_BYTES - len(body))
            if len(body) >= _MAXIMUM_BYTES:
                raise KeysUnusableError("too large")
            return orjson.loads(body)

    def _replace(self, keys: dict[str, RSAKey]) -> None:
        # A key that is gone or changed takes what was verified with it along; verifiers compare the
        # generation.
        if any(_thumbprint(keys.get(kid)) != _thumbprint(key) for kid, key in self._keys.items()):
            self.generation += 1
        self._keys = keys


def signing_keys(jwks: Any) -> dict[str, RSAKey]:
    """The RS256 keys of a JWKS by kid; keys for encryption, other kinds and weak ones are left out.

    KeysUnusableError when none is left: an empty set must not replace a good one.
    """
    members = jwks.get("keys") if isinstance(jwks, Mapping) else None
    if not isinstance(members, list):
        raise KeysUnusableError("no list of keys")
    found: dict[str, RSAKey] = {}
    for member in members:
        key = _signing_key(member)
        if key is not None:
            found[member["kid"]] = key
    if not found:
        raise KeysUnusableError("no signing key")
    return found


def _signing_key(member: Any) -> RSAKey | None:
    if not isinstance(member, dict) or not isinstance(member.get("kid"), str):
        return None
    if member.get("kty") != "RSA" or member.get("use", "sig") != "sig":
        return None
    if member.get("alg", ALGORITHM) != ALGORITHM:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SecurityWarning)  # about weak keys, which are left out below
            key = RSAKey.import_key({"kty": "RSA", "n": member["n"], "e": member["e"]})
        return key if key.raw_value.key_size >= _MINIMUM_BITS else None
    except (JoseError, KeyError, TypeError, ValueError):
        return None


def _thumbprint(key: RSAKey | None) -> str | None:
    return None if key is None else key.thumbprint()
