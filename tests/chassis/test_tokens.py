"""Which tokens open a door, and what they say about their bearer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.clock import FrozenClock
from chassis.errors import MalformedRequest, PermissionDenied, ServiceError, Unauthenticated
from chassis.identity import Kind, Principal, Role
from chassis.keys import KeySet
from chassis.tokens import (
    INTERNAL_AUDIENCE,
    PUBLIC_AUDIENCE,
    TokenVerifier,
    bearer,
    chosen_organisation,
)
from tests.chassis.token_corpus import CASES, INTERNAL_CASES, ISSUER, Case, Signer, organisation_claim

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ONE = UUID("01900000-0000-7000-8000-000000000001")
TWO = UUID("01900000-0000-7000-8000-000000000002")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def signer(clock: FrozenClock) -> Signer:
    return Signer(clock=clock)


@pytest.fixture
def public(signer: Signer, clock: FrozenClock) -> TokenVerifier:
    return TokenVerifier(KeySet.static(signer.jwks()), ISSUER, PUBLIC_AUDIENCE, clock)


@pytest.fixture
def internal(signer: Signer, clock: FrozenClock) -> TokenVerifier:
    return TokenVerifier(KeySet.static(signer.jwks()), ISSUER, INTERNAL_AUDIENCE, clock)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_public_door_refuses(case: Case, signer: Signer, public: TokenVerifier) -> None:
    token = case.make(signer)
    await _assert_refused(public, token, case.reason)


@pytest.mark.parametrize("case", INTERNAL_CASES, ids=lambda case: case.name)
async def test_the_grpc_door_refuses(case: Case, signer: Signer, internal: TokenVerifier) -> None:
    token = case.make(signer)
    await _assert_refused(internal, token, case.reason)


async def _assert_refused(verifier: TokenVerifier, token: str, reason: str) -> None:
    for _ in range(2):  # the second time as the first: a refused token is not remembered as a good one
        with pytest.raises(Unauthenticated) as caught:
            await verifier.verify(token)
        assert caught.value.reason == reason
        shown = f"{caught.value.zh}{caught.value.en}{caught.value.metadata}{caught.value}"
        assert not any(part and part in shown for part in token.split(".") if len(part) > 3)


async def test_a_token_of_each_kind_opens_its_own_door(
    signer: Signer, public: TokenVerifier, internal: TokenVerifier
) -> None:
    claims = await public.verify(signer.token())
    assert (claims.service, claims.client_id) == (None, "zhulian-demo")
    assert (await internal.service(signer.service_token("labour"))).service == "labour"


async def test_keycloak_may_name_further_audiences_that_are_none_of_ours(signer: Signer, public: TokenVerifier) -> None:
    await public.verify(signer.token(audience=["account", PUBLIC_AUDIENCE]))


async def test_the_header_type_of_rfc_9068_is_taken(signer: Signer, public: TokenVerifier) -> None:
    await public.verify(signer.token(header={"typ": "at+jwt"}))
    await public.verify(signer.token(header={"typ": None}))


async def test_the_principal_is_read_from_the_claim(signer: Signer, public: TokenVerifier) -> None:
    wanted = Principal(
        subject="li-lei",
        client_id="zhulian-demo",
        organisation_id=ONE,
        kinds=frozenset({Kind.CONTRACTOR, Kind.LESSOR}),
        roles=frozenset({Role.BUYER, Role.APPROVER}),
        uscc="91440300MA5DXX1A2B",
    )
    assert await public.principal(signer.token(principal=wanted), None) == wanted
    assert await public.principal(signer.token(principal=wanted), ONE) == wanted


async def test_unknown_kinds_and_groups_are_ignored(signer: Signer, public: TokenVerifier) -> None:
    claim = organisation_claim(ONE, ["contractor", "bank"], ["buyer", "poet"])
    claim["groups"] += ["/archive/approver", "approver", "xapprover", 7, ""]
    principal = await public.principal(signer.token(organisations={"a": claim}), None)
    assert principal.kinds == {Kind.CONTRACTOR}
    assert principal.roles == {Role.BUYER}


async def test_a_bare_attribute_is_read_like_a_list(signer: Signer, public: TokenVerifier) -> None:
    claim = {"organisation_id": str(ONE), "kind": "owner", "groups": "/viewer"}
    principal = await public.principal(signer.token(organisations={"a": claim}), None)
    assert principal.organisation_id == ONE
    assert (principal.kinds, principal.roles) == (frozenset({Kind.OWNER}), frozenset({Role.VIEWER}))


@pytest.mark.parametrize(
    "organisation",
    [
        None,
        {},
        {"a": {}},
        {"a": []},
        {"a": {"organisation_id": []}},
        {"a": {"organisation_id": ["not-a-uuid"]}},
        {"a": {"organisation_id": [str(ONE), str(TWO)]}},
        ["a"],
        "a",
    ],
    ids=repr,
)
async def test_without_an_organisation_nobody_acts(organisation: object, signer: Signer, public: TokenVerifier) -> None:
    token = signer.token(organization=organisation)
    for chosen in (None, ONE):
        with pytest.raises(PermissionDenied, match="ORGANISATION_MISSING"):
            await public.principal(token, chosen)


async def test_who_belongs_to_several_organisations_names_one(signer: Signer, public: TokenVerifier) -> None:
    token = signer.token(
        organisations={
            "a": organisation_claim(ONE, ["owner"], ["viewer"]),
            "b": organisation_claim(TWO, ["supplier"], ["sales"]),
        }
    )
    with pytest.raises(MalformedRequest, match="ORGANISATION_REQUIRED") as caught:
        await public.principal(token, None)
    assert caught.value.metadata == {"organisations": f"{ONE},{TWO}"}
    assert (await public.principal(token, ONE)).roles == {Role.VIEWER}
    assert (await public.principal(token, TWO)).roles == {Role.SALES}


async def test_a_foreign_organisation_is_refused(signer: Signer, public: TokenVerifier) -> None:
    token = signer.token(organisations={"a": organisation_claim(ONE, ["owner"], ["admin"])})
    with pytest.raises(PermissionDenied, match="ORGANISATION_FOREIGN"):
        await public.principal(token, TWO)


async def test_organisations_in_a_services_token_give_it_nothing(signer: Signer, internal: TokenVerifier) -> None:
    token = signer.service_token("labour", organization={"a": organisation_claim(ONE, ["operator"], ["admin"])})
    claims = await internal.verify(token)
    assert claims.principals == {}
    assert not (await internal.service(token)).roles


async def test_a_token_lives_until_its_end_and_five_seconds(
    signer: Signer, public: TokenVerifier, clock: FrozenClock
) -> None:
    token = signer.token()
    await public.verify(token)
    clock.advance(timedelta(seconds=304.9))
    await public.verify(token)
    clock.advance(timedelta(seconds=0.2))
    with pytest.raises(Unauthenticated, match="TOKEN_EXPIRED"):
        await public.verify(token)
    assert not public._known


async def test_clocks_may_differ_by_five_seconds(signer: Signer, public: TokenVerifier) -> None:
    now = int(NOW.timestamp())
    await public.verify(signer.token(iat=now + 5, nbf=now + 5))
    with pytest.raises(Unauthenticated, match="TOKEN_NOT_YET_VALID"):
        await public.verify(signer.token(iat=now + 6, nbf=now))
    with pytest.raises(Unauthenticated, match="TOKEN_NOT_YET_VALID"):
        await public.verify(signer.token(nbf=now + 6))


async def test_a_known_token_is_not_verified_again(
    signer: Signer, public: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signer.token()
    first = await public.verify(token)
    monkeypatch.setattr("chassis.tokens.validate_compact", _never)
    assert await public.verify(token) is first
    with pytest.raises(AssertionError):
        await public.verify(signer.token(jti="another"))


def _never(*_: object, **__: object) -> bool:
    raise AssertionError


async def test_the_memory_of_tokens_is_bounded_and_keeps_what_is_used(signer: Signer, clock: FrozenClock) -> None:
    verifier = TokenVerifier(KeySet.static(signer.jwks()), ISSUER, PUBLIC_AUDIENCE, clock, remember=3)
    tokens = [signer.token(jti=str(number)) for number in range(5)]
    first = await verifier.verify(tokens[0])
    for token in tokens:
        await verifier.verify(token)
        assert await verifier.verify(tokens[0]) is first
    assert len(verifier._known) == 3


async def test_the_memory_of_one_door_does_not_open_the_other(
    signer: Signer, public: TokenVerifier, internal: TokenVerifier
) -> None:
    token = signer.service_token()
    await internal.verify(token)
    with pytest.raises(Unauthenticated, match="TOKEN_WRONG_AUDIENCE"):
        await public.verify(token)


async def test_without_any_key_nothing_can_be_judged(signer: Signer, clock: FrozenClock) -> None:
    verifier = TokenVerifier(KeySet(""), ISSUER, PUBLIC_AUDIENCE, clock)
    with pytest.raises(ServiceError, match="KEYS_UNAVAILABLE") as caught:
        await verifier.verify(signer.token())
    assert caught.value.http_status == 503


@pytest.mark.parametrize("field", [None, ""])
def test_no_authorization_field(field: str | None) -> None:
    with pytest.raises(Unauthenticated, match="TOKEN_MISSING"):
        bearer(field)


@pytest.mark.parametrize("field", ["Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "token", "Bearerx"])
def test_an_authorization_field_of_another_scheme(field: str) -> None:
    with pytest.raises(Unauthenticated, match="TOKEN_INVALID"):
        bearer(field)


def test_the_scheme_is_read_in_any_case() -> None:
    assert bearer("bearer abc") == bearer("BEARER  abc ") == "abc"


def test_the_chosen_organisation() -> None:
    assert chosen_organisation(None) is None
    assert chosen_organisation("") is None
    assert chosen_organisation(str(ONE)) == ONE


@pytest.mark.parametrize("field", ["x", str(ONE)[:-1], ONE.hex, f"{{{ONE}}}", f"{ONE},{TWO}", "一" * 36])
def test_a_malformed_organisation_field(field: str) -> None:
    with pytest.raises(MalformedRequest, match="ORGANISATION_MALFORMED"):
        chosen_organisation(field)
