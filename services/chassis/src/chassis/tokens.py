"""Who is calling, read from a token of the realm that this process has verified itself (design: Identity).

The gateway and every service verify the same token again. Accepted is what Keycloak signs as an access token:
RS256 by a key of the realm's own set, our issuer, exactly the audience of this door, not expired. Nothing in
a token leads to another key (`jku`, `x5u`, `jwk` … are refused), and nothing of a refused token is shown or
logged.
"""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import orjson
from joserfc.errors import JoseError
from joserfc.jws import CompactSignature, JWSRegistry, extract_compact, validate_compact

from chassis.clock import Clock
from chassis.errors import MalformedRequest, PermissionDenied, ServiceError, Unauthenticated, Unavailable
from chassis.identity import Kind, Principal, Role, service_principal
from chassis.keys import ALGORITHM, KeySet
from chassis.service_tokens import ServiceTokens, TokenSource

__all__ = [
    "INTERNAL_AUDIENCE",
    "PUBLIC_AUDIENCE",
    "Claims",
    "KeySet",
    "ServiceTokens",
    "TokenSource",
    "TokenVerifier",
    "bearer",
    "chosen_organisation",
]

PUBLIC_AUDIENCE = "zhulian"
INTERNAL_AUDIENCE = "zhulian-internal"
_AUDIENCES = frozenset({PUBLIC_AUDIENCE, INTERNAL_AUDIENCE})
LEEWAY = timedelta(seconds=5)
MAXIMUM_LENGTH = 8192
_MAXIMUM_KID = 128
_HEADER_TYPES = frozenset({"jwt", "at+jwt"})
_ACCESS_TOKEN = "Bearer"  # noqa: S105 - Keycloak's claim typ; ID, Refresh, Offline, Logout are other things
_KEY_POINTERS = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64"})
_REGISTRY = JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)

_TEXTS = {
    "TOKEN_MISSING": ("缺少访问令牌。", "An access token is needed: Authorization: Bearer …"),
    "TOKEN_INVALID": ("访问令牌无效。", "The access token is not valid."),
    "TOKEN_EXPIRED": ("访问令牌已过期,请重新获取。", "The access token has expired; get a new one."),
    "TOKEN_NOT_YET_VALID": ("访问令牌尚未生效。", "The access token is not valid yet."),
    "TOKEN_WRONG_AUDIENCE": ("访问令牌不适用于此接口。", "The access token is meant for another door."),
}

E = TypeVar("E", Kind, Role)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says. `principals`: one for each organisation that its bearer belongs to.

    `service` is the name of the calling service on the gRPC door, None on a public one. `expires_at` is the
    token's own end, without leeway.
    """

    subject: str
    client_id: str
    token_id: str
    expires_at: datetime
    principals: Mapping[UUID, Principal]
    service: str | None = None

    def principal(self, organisation: UUID | None) -> Principal:
        """The principal for the organisation that the caller chose, or for the only one there is.

        MalformedRequest ORGANISATION_REQUIRED when there are several and none is chosen; PermissionDenied
        ORGANISATION_FOREIGN for one that the bearer does not belong to, ORGANISATION_MISSING when there is
        none.
        """
        if organisation is not None:
            chosen = self.principals.get(organisation)
            if chosen is None:
                raise _foreign_organisation() if self.principals else _no_organisation()
            return chosen
        if len(self.principals) == 1:
            return next(iter(self.principals.values()))
        raise _several_organisations(self.principals) if self.principals else _no_organisation()


@dataclass(frozen=True, slots=True)
class _Remembered:
    claims: Claims
    until: datetime
    generation: int


class TokenVerifier:
    """Verifies the tokens of one door.

    `audience` is PUBLIC_AUDIENCE or INTERNAL_AUDIENCE. What was verified once is remembered by the token's
    SHA-256 until its end, or until the realm takes a key back; at most `remember` tokens.
    """

    def __init__(self, keys: KeySet, issuer: str, audience: str, clock: Clock, *, remember: int = 10_000) -> None:
        self.keys = keys
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._remember = remember
        self._known: OrderedDict[bytes, _Remembered] = OrderedDict()

    async def verify(self, token: str) -> Claims:
        """The claims of a valid token; waits only when its key must be fetched first.

        Unauthenticated TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_NOT_YET_VALID, TOKEN_WRONG_AUDIENCE; Unavailable
        KEYS_UNAVAILABLE while no key of the realm is known at all.
        """
        if len(token) > MAXIMUM_LENGTH or not token.isascii():
            raise _refused("TOKEN_INVALID")
        digest = hashlib.sha256(token.encode()).digest()
        now = self._clock.now()
        known = self._known.get(digest)
        if known is not None:
            if now < known.until and known.generation == self.keys.generation:
                self._known.move_to_end(digest)
                return known.claims
            del self._known[digest]
        claims = self._read(await self._verified(token), now)
        self._known[digest] = _Remembered(claims, claims.expires_at + LEEWAY, self.keys.generation)
        if len(self._known) > self._remember:
            self._known.popitem(last=False)
        return claims

    async def principal(self, token: str, organisation: UUID | None) -> Principal:
        """On whose behalf a public call runs; errors of `verify` and of `Claims.principal`."""
        return (await self.verify(token)).principal(organisation)

    async def service(self, token: str) -> Principal:
        """Which service calls the gRPC door; errors of `verify`."""
        claims = await self.verify(token)
        if claims.service is None:
            raise _refused("TOKEN_INVALID")
        return service_principal(claims.service)

    async def _verified(self, token: str) -> bytes:
        """The payload below a good signature."""
        try:
            signed = extract_compact(token.encode(), registry=_REGISTRY)
            kid = _kid(signed.headers())
        except (JoseError, ValueError, TypeError, RecursionError):
            raise _refused("TOKEN_INVALID") from None
        key = self.keys.find(kid)
        if key is None:
            key = await self.keys.wanted(kid)
        if key is None:
            raise _refused("TOKEN_INVALID") if self.keys.ready else _no_keys()
        if not _well_signed(signed, key):
            raise _refused("TOKEN_INVALID")
        return signed.payload

    def _read(self, payload: bytes, now: datetime) -> Claims:
        """The claims, when all of them are as they must be."""
        try:
            # orjson refuses NaN and Infinity, which the standard library would let through as numbers.
            claims = orjson.loads(payload)
        except orjson.JSONDecodeError:
            raise _refused("TOKEN_INVALID") from None
        if not isinstance(claims, dict) or claims.get("iss") != self._issuer:
            raise _refused("TOKEN_INVALID")
        if claims.get("typ") != _ACCESS_TOKEN or "cnf" in claims:
            # cnf binds the token to a key of its sender, which this door does not ask for.
            raise _refused("TOKEN_INVALID")
        if _audiences(claims) & _AUDIENCES != {self._audience}:
            raise _refused("TOKEN_WRONG_AUDIENCE")
        expires_at = _check_times(claims, now)
        subject, client_id = _word(claims, "sub"), _word(claims, "azp")
        internal = self._audience == INTERNAL_AUDIENCE
        return Claims(
            subject=subject,
            client_id=client_id,
            token_id=str(claims.get("jti", "")),
            expires_at=expires_at,
            principals={} if internal else _principals(claims, subject, client_id),
            service=_service(claims, client_id) if internal else None,
        )


def bearer(authorization: str | None) -> str:
    """The token in an Authorization field; Unauthenticated TOKEN_MISSING without one, TOKEN_INVALID for a
    field that is not `Bearer <token>`."""
    if not authorization:
        raise _refused("TOKEN_MISSING")
    scheme, _, token = authorization.partition(" ")
    token = token.strip(" ")
    if scheme.lower() != "bearer" or not token or " " in token:
        raise _refused("TOKEN_INVALID")
    return token


def chosen_organisation(header: str | None) -> UUID | None:
    """The organisation that the field Zhulian-Organisation names; MalformedRequest ORGANISATION_MALFORMED for
    what is not a UUID."""
    if not header:
        return None
    try:
        if len(header) == 36:
            return UUID(header)
    except ValueError:
        pass
    raise MalformedRequest(
        "ORGANISATION_MALFORMED",
        zh="请求头 Zhulian-Organisation 不是有效的组织编号(UUID)。",
        en="The field Zhulian-Organisation is not the id of an organisation (a UUID).",
    )


def _kid(header: Mapping[str, Any]) -> str:
    kid = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(kid, str) or not 0 < len(kid) <= _MAXIMUM_KID:
        raise ValueError
    if not _KEY_POINTERS.isdisjoint(header):
        raise ValueError
    if str(header.get("typ", "JWT")).lower() not in _HEADER_TYPES:
        raise ValueError
    return kid


def _well_signed(signed: CompactSignature, key: Any) -> bool:
    try:
        return validate_compact(signed, key, registry=_REGISTRY)
    except (JoseError, ValueError, TypeError):
        return False


def _audiences(claims: Mapping[str, Any]) -> set[str]:
    named = claims.get("aud")
    names = named if isinstance(named, list) else [named]
    return {name for name in names if isinstance(name, str)}


def _check_times(claims: Mapping[str, Any], now: datetime) -> datetime:
    """The token's end; every instant is checked with LEEWAY."""
    expires_at, issued_at = _instant(claims, "exp"), _instant(claims, "iat")
    if issued_at > expires_at:
        raise _refused("TOKEN_INVALID")
    if now >= expires_at + LEEWAY:
        raise _refused("TOKEN_EXPIRED")
    starts_at = _instant(claims, "nbf") if "nbf" in claims else issued_at
    if max(starts_at, issued_at) > now + LEEWAY:
        raise _refused("TOKEN_NOT_YET_VALID")
    return expires_at


def _instant(claims: Mapping[str, Any], name: str) -> datetime:
    seconds = claims.get(name)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds):
        raise _refused("TOKEN_INVALID")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        raise _refused("TOKEN_INVALID") from None


def _word(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise _refused("TOKEN_INVALID")
    return value


def _service(claims: Mapping[str, Any], client_id: str) -> str:
    """The calling service: the client that obtained the token for its own service account, not for a
    person.
    """
    if claims.get("client_id", client_id) != client_id:
        raise _refused("TOKEN_INVALID")
    account = f"service-account-{client_id}"
    if claims.get("preferred_username", account) != account:
        raise _refused("TOKEN_INVALID")
    return client_id


def _principals(claims: Mapping[str, Any], subject: str, client_id: str) -> dict[UUID, Principal]:
    """A principal for each organisation of the claim; what the platform does not know there is ignored.

    The claim's key is the organisation's alias in the realm: its USCC in lower case (the gateway provisions it so).
    """
    organisations = claims.get("organization")
    if not isinstance(organisations, dict):
        return {}
    found: dict[UUID, Principal] = {}
    for alias, organisation in organisations.items():
        identifier = _organisation_id(organisation)
        if identifier is not None:
            found[identifier] = Principal(
                subject=subject,
                client_id=client_id,
                organisation_id=identifier,
                kinds=_known(Kind, _texts(organisation.get("kind"))),
                roles=_known(Role, _groups(organisation.get("groups"))),
                uscc=alias.upper(),
            )
    return found


def _organisation_id(organisation: object) -> UUID | None:
    """The platform's id of an organisation; None before the platform has given it one."""
    if not isinstance(organisation, dict):
        return None
    values = _texts(organisation.get("organisation_id"))
    try:
        return UUID(values[0]) if len(values) == 1 else None
    except ValueError:
        return None


def _texts(value: object) -> list[str]:
    """An attribute's values; Keycloak sends a list, or a bare text when the mapper is not multi-valued."""
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str)]


def _groups(value: object) -> list[str]:
    """Roles are groups at the top of the organisation: `/buyer`, not `/archive/buyer`."""
    return [path[1:] for path in _texts(value) if path.startswith("/")]


def _known(members: type[E], names: list[str]) -> frozenset[E]:
    return frozenset(member for member in members if member.value in names)


def _refused(reason: str) -> Unauthenticated:
    zh, en = _TEXTS[reason]
    return Unauthenticated(reason, zh=zh, en=en)


def _no_keys() -> ServiceError:
    return Unavailable(
        "KEYS_UNAVAILABLE",
        zh="身份服务暂时不可用,无法验证访问令牌,请稍后重试。",
        en="The identity service is away for the moment, so tokens cannot be verified; try again.",
        retry_after=2.0,
    )


def _no_organisation() -> ServiceError:
    return PermissionDenied(
        "ORGANISATION_MISSING",
        zh="访问令牌未包含任何组织;属于多个组织的用户获取令牌时须请求 scope organization:*。",
        en="The token names no organisation; who belongs to several asks for the scope organization:* when getting it.",
    )


def _foreign_organisation() -> ServiceError:
    return PermissionDenied(
        "ORGANISATION_FOREIGN",
        zh="当前身份不属于 Zhulian-Organisation 指定的组织。",
        en="This identity does not belong to the organisation that Zhulian-Organisation names.",
    )


def _several_organisations(organisations: Iterable[UUID]) -> ServiceError:
    return MalformedRequest(
        "ORGANISATION_REQUIRED",
        zh="当前身份属于多个组织,请用请求头 Zhulian-Organisation 指定其中一个。",
        en="This identity belongs to several organisations; name one in the field Zhulian-Organisation.",
        metadata={"organisations": ",".join(sorted(str(one) for one in organisations))},
    )
