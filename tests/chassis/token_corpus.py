"""Tokens as the realm signs them, and the odd ones that every door must refuse.

`Signer` stands for Keycloak in tests; `CASES` are for a public door (REST, gateway), `INTERNAL_CASES` for
the gRPC door. Signing is done here by hand, not with the library that verifies, so that both do not err
together.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from chassis.clock import Clock, SystemClock
from chassis.identity import Principal

ISSUER = "http://issuer.test/realms/zhulian"
PUBLIC = "zhulian"
INTERNAL = "zhulian-internal"
LIFETIME = 300


@lru_cache(maxsize=16)
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """One private key for each name and process; making one takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def b64(data: bytes) -> str:
    """base64url without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def segment(value: object) -> str:
    """A JSON value as a segment of a token."""
    return b64(json.dumps(value, separators=(",", ":")).encode())


def organisation_claim(organisation_id: UUID, kinds: Iterable[str] = (), roles: Iterable[str] = ()) -> dict[str, Any]:
    """What Keycloak's two organisation mappers put below an organisation's alias."""
    return {
        "id": str(UUID(int=organisation_id.int ^ 1)),
        "organisation_id": [str(organisation_id)],
        "kind": sorted(kinds),
        "groups": sorted(f"/{role}" for role in roles),
    }


def alias_of(organisation_id: UUID) -> str:
    """A made-up alias (in the realm it is the USCC in lower case)."""
    return f"91{organisation_id.hex[-16:]}"


@dataclass
class Signer:
    """Signs tokens like the realm `zhulian`; `jwks()` is what a verifier must know to accept them."""

    issuer: str = ISSUER
    kid: str = "key-1"
    clock: Clock = field(default_factory=SystemClock)

    @property
    def key(self) -> rsa.RSAPrivateKey:
        """The private key with which this signer signs."""
        return rsa_key(self.kid)

    def jwk(self) -> dict[str, str]:
        """The public key as the realm publishes it."""
        numbers = self.key.public_key().public_numbers()
        return {
            "kid": self.kid,
            "kty": "RSA",
            "alg": "RS256",
            "use": "sig",
            "n": b64(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
            "e": b64(numbers.e.to_bytes(3, "big")),
        }

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The key set: one key for signing and, as in Keycloak, one for encryption that must not serve."""
        other = Signer(kid=f"{self.kid}-encryption").jwk() | {"use": "enc", "alg": "RSA-OAEP"}
        return {"keys": [other, self.jwk()]}

    def public_pem(self) -> bytes:
        """The public key as PEM, which anybody can get."""
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, claims: object, header: Mapping[str, Any] | None = None) -> str:
        """A compact token over any claims, with `header` laid over the usual one; None takes a member out."""
        merged: dict[str, Any] = {"alg": "RS256", "typ": "JWT", "kid": self.kid, **(header or {})}
        head = segment({name: value for name, value in merged.items() if value is not None})
        signed = f"{head}.{segment(claims)}"
        signature = self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{b64(signature)}"

    def claims(
        self,
        *,
        principal: Principal | None = None,
        organisations: Mapping[str, Mapping[str, Any]] | None = None,
        audience: str | list[str] = PUBLIC,
        **overrides: Any,
    ) -> dict[str, Any]:
        """The claims of an access token; an override of None takes a claim out."""
        now = int(self.clock.now().timestamp())
        if organisations is None:
            organisations = {} if principal is None else _organisations(principal)
        made: dict[str, Any] = {
            "exp": now + LIFETIME,
            "iat": now,
            "jti": f"onrtro:{now}",
            "iss": self.issuer,
            "aud": audience,
            "sub": "7a3c9d1e-0000-4000-8000-000000000001" if principal is None else principal.subject,
            "typ": "Bearer",
            "azp": "zhulian-demo" if principal is None else principal.client_id,
            "organization": organisations,
            **overrides,
        }
        return {name: value for name, value in made.items() if value is not None}

    def token(
        self,
        *,
        principal: Principal | None = None,
        organisations: Mapping[str, Mapping[str, Any]] | None = None,
        audience: str | list[str] = PUBLIC,
        header: Mapping[str, Any] | None = None,
        **overrides: Any,
    ) -> str:
        """A person's or API client's access token for the public doors."""
        claims = self.claims(principal=principal, organisations=organisations, audience=audience, **overrides)
        return self.sign(claims, header)

    def service_token(
        self, service: str = "procurement", *, header: Mapping[str, Any] | None = None, **overrides: Any
    ) -> str:
        """A service's own token for the gRPC doors."""
        own: dict[str, Any] = {
            "audience": INTERNAL,
            "organization": None,
            "sub": f"account-of-{service}",
            "azp": service,
            "client_id": service,
            "preferred_username": f"service-account-{service}",
        }
        return self.sign(self.claims(**(own | overrides)), header)


def _organisations(principal: Principal) -> dict[str, dict[str, Any]]:
    claim = organisation_claim(principal.organisation_id, principal.kinds, principal.roles)
    return {principal.uscc.lower() or alias_of(principal.organisation_id): claim}


@dataclass(frozen=True)
class Case:
    """An odd token: its name, how it is made, and the reason with which a door refuses it (always 401)."""

    name: str
    make: Callable[[Signer], str]
    reason: str


Builder = Callable[..., str]  # a bound Signer.token or Signer.service_token


def _now(signer: Signer) -> int:
    return int(signer.clock.now().timestamp())


def _claims_cases(build: Callable[[Signer], Builder], audience: str) -> list[Case]:
    """Well signed, but the claims are not right."""

    def case(name: str, reason: str, overrides: Callable[[Signer], dict[str, Any]]) -> Case:
        return Case(name, lambda signer: build(signer)(**overrides(signer)), reason)

    wrong = "TOKEN_WRONG_AUDIENCE"
    return [
        case("foreign issuer", "TOKEN_INVALID", lambda _: {"iss": "https://evil.test/realms/zhulian"}),
        case("issuer of another realm", "TOKEN_INVALID", lambda _: {"iss": ISSUER.replace("zhulian", "other")}),
        case("issuer with a slash", "TOKEN_INVALID", lambda signer: {"iss": signer.issuer + "/"}),
        case("issuer is a list", "TOKEN_INVALID", lambda signer: {"iss": [signer.issuer]}),
        case("no issuer", "TOKEN_INVALID", lambda _: {"iss": None}),
        case("foreign audience", wrong, lambda _: {"audience": "account"}),
        case("several foreign audiences", wrong, lambda _: {"audience": ["account", "broker"]}),
        case("both doors at once", wrong, lambda _: {"audience": [PUBLIC, INTERNAL]}),
        case("audience in another case", wrong, lambda _: {"audience": audience.upper()}),
        case("audience as a part of a word", wrong, lambda _: {"audience": f"{audience} account"}),
        case("audience is an object", wrong, lambda _: {"aud": {audience: True}}),
        case("no audience", wrong, lambda _: {"aud": None}),
        case("no exp", "TOKEN_INVALID", lambda _: {"exp": None}),
        case("exp is text", "TOKEN_INVALID", lambda signer: {"exp": str(_now(signer) + 60)}),
        case("exp is true", "TOKEN_INVALID", lambda _: {"exp": True}),
        case("exp is not a number", "TOKEN_INVALID", lambda _: {"exp": float("nan")}),
        case("exp is infinite", "TOKEN_INVALID", lambda _: {"exp": float("inf")}),
        case("exp beyond every calendar", "TOKEN_INVALID", lambda _: {"exp": 10**30}),
        case("expired", "TOKEN_EXPIRED", lambda s: {"iat": _now(s) - 400, "exp": _now(s) - 6}),
        case("expired in 1970", "TOKEN_EXPIRED", lambda _: {"iat": 0, "exp": 1}),
        case("not yet valid", "TOKEN_NOT_YET_VALID", lambda s: {"nbf": _now(s) + 60}),
        case("nbf is true", "TOKEN_INVALID", lambda _: {"nbf": True}),
        case("nbf is text", "TOKEN_INVALID", lambda _: {"nbf": "tomorrow"}),
        case(
            "issued in the future",
            "TOKEN_NOT_YET_VALID",
            lambda s: {"iat": _now(s) + 60, "exp": _now(s) + 360},
        ),
        case("issued after its end", "TOKEN_INVALID", lambda s: {"iat": _now(s) + 4, "exp": _now(s) + 3}),
        case("no iat", "TOKEN_INVALID", lambda _: {"iat": None}),
        case("ID token", "TOKEN_INVALID", lambda _: {"typ": "ID"}),
        case("refresh token", "TOKEN_INVALID", lambda _: {"typ": "Refresh"}),
        case("offline token", "TOKEN_INVALID", lambda _: {"typ": "Offline"}),
        case("no claim typ", "TOKEN_INVALID", lambda _: {"typ": None}),
        case("bound to a key we do not ask for", "TOKEN_INVALID", lambda _: {"cnf": {"jkt": "abc"}}),
        case("no subject", "TOKEN_INVALID", lambda _: {"sub": None}),
        case("empty subject", "TOKEN_INVALID", lambda _: {"sub": ""}),
        case("no client", "TOKEN_INVALID", lambda _: {"azp": None}),
        case("client is a number", "TOKEN_INVALID", lambda _: {"azp": 7}),
    ]


def _header_cases(build: Callable[[Signer], Builder]) -> list[Case]:
    """Right claims below a header that is not one of ours."""

    def case(name: str, header: Mapping[str, Any], claims: Mapping[str, Any] | None = None) -> Case:
        return Case(name, lambda signer: build(signer)(header=header, **(claims or {})), "TOKEN_INVALID")

    def with_own_key(signer: Signer) -> str:
        thief = Signer(issuer=signer.issuer, kid="thief", clock=signer.clock)
        return build(thief)(header={"jwk": thief.jwk()})

    return [
        case("no kid", {"kid": None}),
        case("unknown kid", {"kid": "key-of-nobody"}),
        case("kid of the encryption key", {"kid": "key-1-encryption"}),
        case("kid is a path", {"kid": "../../dev/null"}),
        case("kid is a number", {"kid": 1}),
        case("kid is long", {"kid": "k" * 300}),
        case("jku", {"jku": "https://evil.test/jwks.json"}),
        case("x5u", {"x5u": "https://evil.test/certificate.pem"}),
        case("x5c", {"x5c": ["MIIB"]}),
        case("crit", {"crit": ["exp"], "exp": 1}),
        case("b64 false", {"b64": False, "crit": ["b64"]}),
        case("header typ of a logout token", {"typ": "logout+jwt"}),
        case("header typ is a number", {"typ": 1}),
        case("alg is missing", {"alg": None}),
        case("alg is RS512", {"alg": "RS512"}),
        case("alg is PS256", {"alg": "PS256"}),
        case("alg in another case", {"alg": "rs256"}),
        case("alg is a list", {"alg": ["RS256"]}),
        Case("jwk of the sender", with_own_key, "TOKEN_INVALID"),
    ]


def _forged_cases(build: Callable[[Signer], Builder]) -> list[Case]:
    """Signatures that are none, or somebody else's; tokens that are no tokens."""

    def another_realm(signer: Signer) -> str:
        return build(Signer(issuer=signer.issuer, kid="other-realm", clock=signer.clock))(header={"kid": signer.kid})

    def parts(signer: Signer) -> list[str]:
        return build(signer)().split(".")

    def algorithm_none(signer: Signer, name: str) -> str:
        head = segment({"alg": name, "typ": "JWT", "kid": signer.kid})
        return f"{head}.{parts(signer)[1]}."

    def hmac_with(signer: Signer, secret: bytes) -> str:
        signed = f"{segment({'alg': 'HS256', 'typ': 'JWT', 'kid': signer.kid})}.{parts(signer)[1]}"
        return f"{signed}.{b64(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"

    def swapped(signer: Signer) -> str:
        head, _, signature = parts(signer)
        claims = signer.claims(audience=[PUBLIC], sub="somebody-else")
        return f"{head}.{segment(claims)}.{signature}"

    def flipped(signer: Signer) -> str:
        head, claims, signature = parts(signer)
        return f"{head}.{claims}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"

    def of(name: str, make: Callable[[Signer], str]) -> Case:
        return Case(name, make, "TOKEN_INVALID")

    def odd(name: str, text: str) -> Case:
        return Case(name, lambda _: text, "TOKEN_INVALID")

    return [
        of("another realm's key", another_realm),
        of("alg none", lambda signer: algorithm_none(signer, "none")),
        of("alg None", lambda signer: algorithm_none(signer, "None")),
        of("HS256 with the public key as secret", lambda signer: hmac_with(signer, signer.public_pem())),
        of("HS256 with an empty secret", lambda signer: hmac_with(signer, b"")),
        of("other claims below the signature", swapped),
        of("a flipped bit in the signature", flipped),
        of("signature left out", lambda signer: ".".join(parts(signer)[:2]) + "."),
        of("two parts", lambda signer: ".".join(parts(signer)[:2])),
        of("five parts", lambda signer: ".".join([*parts(signer), "a", "b"])),
        of("cut in the middle", lambda signer: build(signer)()[:-40]),
        of("huge", lambda signer: build(signer)(padding="x" * 20_000)),
        of("claims are no object", lambda signer: signer.sign(["sub"])),
        of("claims are not JSON", lambda signer: _raw(signer, b"not json")),
        of("claims are not UTF-8", lambda signer: _raw(signer, b'{"sub": "\xff\xfe"}')),
        odd("header is not JSON", f"{b64(b'not json')}.e30.AAAA"),
        odd("header is a list", f"{b64(b'[]')}.e30.AAAA"),
        odd("header is deep", f"{b64(b'[' * 3000)}.e30.AAAA"),
        odd("not base64", "!!!.???.***"),
        odd("a word", "zhulian"),
        odd("dots", ".."),
        odd("an opaque token", "gho_16C7e42F292c6912E7710c838347Ae178B4a"),
    ]


def _raw(signer: Signer, payload: bytes) -> str:
    signed = f"{segment({'alg': 'RS256', 'typ': 'JWT', 'kid': signer.kid})}.{b64(payload)}"
    return f"{signed}.{b64(signer.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _user_inside(signer: Signer) -> str:
    return signer.service_token(sub="a-person", preferred_username="li.lei")


def _all(build: Callable[[Signer], Builder], audience: str, more: Collection[Case]) -> list[Case]:
    return [*_claims_cases(build, audience), *_header_cases(build), *_forged_cases(build), *more]


CASES: list[Case] = _all(
    lambda signer: signer.token,
    PUBLIC,
    [Case("a service's token at a public door", lambda s: s.service_token(), "TOKEN_WRONG_AUDIENCE")],
)
"""What the gateway and every REST door refuse."""

INTERNAL_CASES: list[Case] = _all(
    lambda signer: signer.service_token,
    INTERNAL,
    [
        Case("a user's token at the gRPC door", lambda s: s.token(), "TOKEN_WRONG_AUDIENCE"),
        Case("a user below the internal audience", _user_inside, "TOKEN_INVALID"),
        Case("two names of the client", lambda s: s.service_token(client_id="labour"), "TOKEN_INVALID"),
    ],
)
"""What every gRPC door refuses."""
