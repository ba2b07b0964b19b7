"""Header fields that pass and those that do not; pure."""

from __future__ import annotations

import pytest

from chassis.errors import ServiceError
from gateway.edge import headers


def _passed(*fields: tuple[bytes, bytes]) -> dict[str, str]:
    return dict(headers.forwarded(fields, client="10.0.0.9", scheme="https", host="api.test", request_id="id-12345678"))


@pytest.mark.parametrize(
    "name",
    [
        *sorted(headers.HOP_BY_HOP),
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x_forwarded_for",
        b"forwarded",
        b"x-real-ip",
        b"x-user",
        b"x-user-id",
        b"x-auth-request-user",
        b"x-organisation-id",
        b"zhulian-principal",
        b"zhulian-roles",
        b"zhulian_link",
        b"zhulian-link-id",
        b"x-http-method-override",
        b"x-original-url",
        b"expect",
    ],
)
def test_hop_by_hop_and_identity_fields_end_at_the_edge(name: bytes) -> None:
    assert "evil" not in _passed((name, b"evil")).values()


def test_what_connection_names_ends_too() -> None:
    passed = _passed((b"connection", b"close, X-Secret-Hop"), (b"x-secret-hop", b"evil"), (b"x-other", b"stays"))
    assert "x-secret-hop" not in passed
    assert passed["x-other"] == "stays"


def test_the_callers_own_fields_pass() -> None:
    fields = (
        (b"authorization", b"Bearer t"),
        (b"zhulian-organisation", b"o"),
        (b"zhulian-link", b"s"),
        (b"idempotency-key", b"k"),
        (b"if-match", b'"3"'),
    )
    passed = _passed(*fields)
    assert [passed[name.decode()] for name, _ in fields] == ["Bearer t", "o", "s", "k", '"3"']


def test_the_edge_says_where_the_call_came_from() -> None:
    passed = _passed((b"x-forwarded-for", b"1.2.3.4"), (b"host", b"ignored"))
    assert passed["x-forwarded-for"] == "10.0.0.9"
    assert passed["x-forwarded-proto"] == "https"
    assert passed["x-forwarded-host"] == "api.test"
    assert passed["x-request-id"] == "id-12345678"
    assert "host" not in passed


@pytest.mark.parametrize("fields", [[(b"x", b"1")] * 65, [(b"x", b"a" * 17_000)]])
def test_too_many_or_too_long_fields_are_431(fields: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(ServiceError) as refused:
        headers.check_size(fields)
    assert refused.value.http_status == 431


def test_hsts_only_under_https() -> None:
    assert b"strict-transport-security" in dict(headers.security(scheme="https", docs=False))
    assert b"strict-transport-security" not in dict(headers.security(scheme="http", docs=False))
