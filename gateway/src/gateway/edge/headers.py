"""Which header fields pass the edge, in both directions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from gateway.edge import errors

Headers = Sequence[tuple[bytes, bytes]]

MAX_FIELDS = 64
MAX_BYTES = 16 * 1024

# RFC 9110 §7.6.1: these speak about one connection and end here, as does everything that Connection names.
HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)

# What a caller could use to tell a service who or where it is: only the token says who, the edge where.
_IDENTITY = frozenset(
    {
        b"client-ip",
        b"forwarded",
        b"remote-user",
        b"true-client-ip",
        b"via",
        b"x-client-ip",
        b"x-cluster-client-ip",
        b"x-http-method-override",
        b"x-http-method",
        b"x-method-override",
        b"x-original-host",
        b"x-original-url",
        b"x-real-ip",
        b"x-rewrite-url",
    }
)
_IDENTITY_PREFIXES = (
    b"x-forwarded",
    b"x-user",
    b"x-auth",
    b"x-remote",
    b"x-org",
    b"x-principal",
    b"x-roles",
    b"x-client-cert",
    b"x-ssl",
    b"x-envoy",
    b"x-zhulian",
    b"zhulian-",
)
_OURS = frozenset({b"zhulian-organisation", b"zhulian-link"})
"""What callers tell the services themselves: for whom they act, and the secret of a one-time link."""
# The edge writes these itself (or the HTTP client below it does).
_REPLACED = frozenset({b"host", b"expect", b"traceparent", b"tracestate", b"x-request-id"})
_ANSWER_REPLACED = frozenset(
    {
        b"date",
        b"server",
        b"x-request-id",
        b"ratelimit",
        b"ratelimit-policy",
        b"strict-transport-security",
        b"x-content-type-options",
        b"x-frame-options",
        b"content-security-policy",
        b"referrer-policy",
    }
)


def check_size(headers: Headers) -> None:
    """Raise 431 when there are more than 64 fields or 16 KiB of them."""
    if len(headers) > MAX_FIELDS or sum(len(name) + len(value) for name, value in headers) > MAX_BYTES:
        raise errors.headers_too_large()


def find(headers: Headers, name: bytes) -> bytes | None:
    """The first value of a field (names are lower case in ASGI), None when there is none."""
    for key, value in headers:
        if key == name:
            return value
    return None


def named_in_connection(headers: Iterable[tuple[bytes, bytes]]) -> frozenset[bytes]:
    """The lower-case field names that Connection declares to be of one hop."""
    names: set[bytes] = set()
    for key, value in headers:
        if len(key) == 10 and key.lower() == b"connection":
            names.update(token.strip().lower() for token in value.split(b","))
    return frozenset(names)


@lru_cache(maxsize=1024)
def _passes(name: bytes) -> str | None:
    """The name under which a caller's field goes on, None when it stops here; callers repeat the same few names."""
    if name in HOP_BY_HOP or name in _REPLACED or _is_identity(name):
        return None
    return name.decode("latin-1")


@lru_cache(maxsize=1024)
def _comes_back(name: bytes) -> bytes | None:
    """The same for a field of an answer, whose names may have capitals."""
    lower = name.lower()
    return None if lower in HOP_BY_HOP or lower in _ANSWER_REPLACED else lower


def _is_identity(name: bytes) -> bool:
    if name in _IDENTITY:
        return True
    # CGI-style readers fold _ into -, so both spellings are one name.
    folded = name.replace(b"_", b"-")
    return folded.startswith(_IDENTITY_PREFIXES) and name not in _OURS


def forwarded(headers: Headers, *, client: str, scheme: str, host: str, request_id: str) -> list[tuple[str, str]]:
    """The fields for the service: the caller's without hop-by-hop and identity ones, plus the edge's."""
    dropped = named_in_connection(headers)
    passed = [
        (text, value.decode("latin-1"))
        for name, value in headers
        if (text := _passes(name)) is not None and name not in dropped
    ]
    passed.append(("x-forwarded-for", client))
    passed.append(("x-forwarded-proto", scheme))
    passed.append(("x-forwarded-host", host))
    passed.append(("x-request-id", request_id))
    return passed


def answered(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The fields for the caller: the service's without hop-by-hop ones and those that the edge sets."""
    pairs = list(headers)
    dropped = named_in_connection(pairs)
    return [
        (lower, value) for name, value in pairs if (lower := _comes_back(name)) is not None and lower not in dropped
    ]


# RFC 9110 and OWASP's REST sheet; an API answer is nobody's document and nobody's cache's.
API_CONTENT_POLICY = b"default-src 'none'; frame-ancestors 'none'"
# The page's script and style come from here; swagger-ui writes style attributes.
DOCS_CONTENT_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def security(*, scheme: str, docs: bool) -> list[tuple[bytes, bytes]]:
    """The security fields of every answer; HSTS only where the caller came over https."""
    fields = [
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"no-referrer"),
        (b"content-security-policy", DOCS_CONTENT_POLICY if docs else API_CONTENT_POLICY),
    ]
    if scheme == "https":
        fields.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
    return fields
