"""The tokens with which this service calls others over gRPC: client credentials, audience
`zhulian-internal`.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Protocol

import aiohttp
import orjson

from chassis.errors import Unavailable

_EARLY = 30.0  # seconds before its end at which a token is replaced
_PAUSE = 1.0  # seconds between two tries after a failure
_log = logging.getLogger(__name__)


class TokenSource(Protocol):
    """What gives the token for a call."""

    async def token(self) -> str:
        """A token that is valid now."""
        ...

    def refused(self, token: str) -> None:
        """The other side did not take this token; the next call needs another one."""
        ...


@dataclass(frozen=True, slots=True)
class _Held:
    token: str
    renew_at: float
    ends_at: float


class TokenRefusedError(Exception):
    """Keycloak answered, but not with a token."""


class ServiceTokens:
    """Client-credentials tokens, kept until shortly before their end.

    A due renewal runs in the background while the old token still serves, so no call waits for Keycloak in
    the ordinary way; with Keycloak away the old token serves until its end. Times are those of the event
    loop: what counts is how long ago the token came, whatever the machine's clock does.
    """

    def __init__(self, token_url: str, client_id: str, client_secret: str, *, timeout: float = 3.0) -> None:
        self._url = token_url
        self._client_id = client_id
        self._secret = client_secret
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._held: _Held | None = None
        self._flight: asyncio.Task[None] | None = None
        self._failed_at = float("-inf")

    @classmethod
    def of_issuer(cls, issuer: str, client_id: str, client_secret: str) -> ServiceTokens:
        """Tokens of a Keycloak realm."""
        return cls(f"{issuer}/protocol/openid-connect/token", client_id, client_secret)

    async def token(self) -> str:
        """A token that is valid now; Unavailable IDENTITY_UNAVAILABLE when none can be had."""
        now = asyncio.get_running_loop().time()
        held = self._held
        if held is not None and now < held.renew_at:
            return held.token
        flight = self._renewal(now)
        if held is not None and now < held.ends_at:
            return held.token
        if flight is not None:
            # Shielded: a caller whose deadline passes must not take the answer from the others.
            await asyncio.shield(flight)
        if self._held is None or asyncio.get_running_loop().time() >= self._held.ends_at:
            raise _no_token()
        return self._held.token

    def refused(self, token: str) -> None:
        """Forget a token that another service did not take (the realm may have new keys)."""
        if self._held is not None and self._held.token == token:
            self._held = None

    async def close(self) -> None:
        """Give up a renewal that is under way."""
        if self._flight is not None:
            self._flight.cancel()
            await asyncio.gather(self._flight, return_exceptions=True)
            self._flight = None

    def _renewal(self, now: float) -> asyncio.Task[None] | None:
        if self._flight is not None and not self._flight.done():
            return self._flight
        if now - self._failed_at < _PAUSE:
            return None
        self._flight = asyncio.create_task(self._renew(), name="service-token")
        return self._flight

    async def _renew(self) -> None:
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        try:
            token, seconds = await self._ask()
        except (aiohttp.ClientError, TimeoutError, OSError, TokenRefusedError) as error:
            self._failed_at = loop.time()
            _log.warning("no service token for %s: %s: %s", self._client_id, type(error).__name__, error)
            return
        early = min(_EARLY, seconds / 2)
        self._held = _Held(token, renew_at=asked_at + seconds - early, ends_at=asked_at + seconds)

    async def _ask(self) -> tuple[str, float]:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self._secret,
        }
        async with (
            aiohttp.ClientSession(timeout=self._timeout) as session,
            session.post(self._url, data=form, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise TokenRefusedError(f"status {answer.status}")
            return _read(await answer.read())


def _read(body: bytes) -> tuple[str, float]:
    try:
        answer = orjson.loads(body)
        token, seconds = answer["access_token"], float(answer["expires_in"])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        raise TokenRefusedError("the answer holds no token") from None
    if not isinstance(token, str) or not seconds > 0:
        raise TokenRefusedError("the answer holds no token")
    return token, seconds


def _no_token() -> Unavailable:
    return Unavailable(
        "IDENTITY_UNAVAILABLE",
        zh="身份服务暂时不可用,请稍后重试。",
        en="The identity service is away for the moment; try again.",
        retry_after=2.0,
    )
