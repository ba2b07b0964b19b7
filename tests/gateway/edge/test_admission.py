"""Who gets in, and how often."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from chassis.clock import FrozenClock
from gateway.edge.limits import MAX_CLIENTS, RateLimiter
from tests.chassis.token_corpus import CASES, Case
from tests.gateway.edge.conftest import Caller, Start, started
from tests.gateway.edge.serving import NOON, member


@pytest.fixture(scope="module")
async def door() -> AsyncIterator[Caller]:
    """One edge for the whole corpus: starting one takes longer than a refusal."""
    async with started() as ready:
        yield ready


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_odd_tokens_are_refused_before_anything_is_forwarded(case: Case, door: Caller) -> None:
    token = case.make(door.gate.signer)
    headers = {"Authorization": f"Bearer {token}"}
    for path in ("/projects/v1/projects", "/access/v1/directory"):
        async with door.session.get(door.url + path, headers=headers) as answer:
            await answer.read()
        # A token that is longer than the edge takes header bytes ends one check earlier.
        assert answer.status == (431 if len(token) > 16_000 else 401)
    assert door.upstream.requests == door.gate.own.requests == []
    assert door.gate.seen == []


async def test_no_token_is_401_with_a_challenge(caller: Caller) -> None:
    async with caller.session.get(caller.url + "/projects/v1/x") as answer:
        problem = await answer.json()
    assert (answer.status, problem["code"]) == (401, "TOKEN_MISSING")
    assert answer.headers["www-authenticate"] == 'Bearer realm="zhulian"'


async def test_registration_needs_no_token(caller: Caller) -> None:
    async with caller.session.post(caller.url + "/access/v1/organisations", json={}) as answer:
        assert answer.status == 200
    assert caller.gate.own.requests == [("POST", "/access/v1/organisations")]


async def test_a_link_passes_without_a_token_and_is_limited_by_address(start: Start) -> None:
    """Whose link it is, labour says; the edge counts the address, whatever link is sent."""
    async with start(labour=True, rate=(3, 60)) as caller:
        url = caller.url + "/labour/v1/my/link"
        statuses = []
        for secret in ("one", "two", "three", "four"):
            async with caller.session.get(
                url, headers={"Zhulian-Link": secret, "X-Forwarded-For": "1.1.1.1"}
            ) as answer:
                statuses.append(answer.status)
                told = await answer.json()
            if answer.status == 200:
                fields = dict(told["headers"])
                assert (fields["zhulian-link"], fields["x-forwarded-for"]) == (secret, "127.0.0.1")
        assert statuses == [200, 200, 200, 429]
        assert caller.gate.seen == []


async def test_beside_a_workers_pages_labour_needs_a_token(start: Start) -> None:
    async with start(labour=True) as caller:
        for path in ("/labour/v1/my", "/labour/v1/workers", "/labour/v1/links"):
            async with caller.session.get(caller.url + path, headers={"Zhulian-Link": "one"}) as answer:
                problem = await answer.json()
            assert (answer.status, problem["code"]) == (401, "TOKEN_MISSING"), path
        assert caller.upstream.requests == []


async def test_access_gets_the_same_header_fields_as_a_service(caller: Caller) -> None:
    async with caller.call("GET", "/access/v1/directory", headers={"X-User-Id": "boss"}) as answer:
        fields = dict((await answer.json())["headers"])
    assert "x-user-id" not in fields
    assert fields["x-forwarded-for"] == "127.0.0.1"


async def test_every_signed_in_call_is_told_to_the_usage_record(caller: Caller) -> None:
    async with caller.call("GET", "/projects/v1/x") as answer:
        await answer.read()
    assert [principal.client_id for principal in caller.gate.seen] == ["zhulian-demo"]


async def test_the_budget_is_told_and_then_used_up(start: Start) -> None:
    async with start(rate=(3, 60)) as caller:
        left = []
        for _ in range(3):
            async with caller.call("GET", "/projects/v1/x") as answer:
                left.append(answer.headers["ratelimit"].partition(";")[2].partition(";")[0])
                assert answer.headers["ratelimit-policy"] == '"default";q=3;w=60'
        assert left == ["r=2", "r=1", "r=0"]
        async with caller.call("GET", "/projects/v1/x") as answer:
            problem = await answer.json()
        assert (answer.status, problem["code"]) == (429, "RATE_LIMITED")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert answer.headers["ratelimit"].startswith('"default";r=0;t=')
        assert len(caller.upstream.requests) == 3


async def test_another_organisation_has_its_own_budget(start: Start) -> None:
    async with start(rate=(1, 60)) as caller:
        async with caller.call("GET", "/projects/v1/x") as answer:
            assert answer.status == 200
        other = caller.gate.signer.token(principal=member())
        async with caller.call("GET", "/projects/v1/x", headers={"Authorization": f"Bearer {other}"}) as answer:
            assert answer.status == 200


async def test_refused_calls_count_for_the_address(start: Start) -> None:
    async with start(rate=(2, 60)) as caller:
        statuses = []
        for forged in ("1.1.1.1", "2.2.2.2", "3.3.3.3"):
            headers = {"Authorization": "Bearer x", "X-Forwarded-For": forged}
            async with caller.session.get(caller.url + "/projects/v1/x", headers=headers) as answer:
                statuses.append(answer.status)
        assert statuses == [401, 401, 429]
        async with caller.session.get(caller.url + "/livez") as answer:
            assert answer.status == 200  # probes are never limited


def test_the_limiter_forgets_the_longest_silent() -> None:
    limiter = RateLimiter(1, 3600, FrozenClock(NOON))
    assert limiter.hit("first").allowed
    assert not limiter.hit("first").allowed
    for number in range(MAX_CLIENTS):
        limiter.hit(f"client-{number}")
    assert limiter.hit("first").allowed


def test_the_window_slides() -> None:
    clock = FrozenClock(NOON)  # the start of a minute
    limiter = RateLimiter(10, 60, clock)
    assert [limiter.hit("a").allowed for _ in range(11)].count(True) == 10
    clock.advance(timedelta(seconds=60))  # the next window begins with the whole weight of the last one
    assert not limiter.hit("a").allowed
    clock.advance(timedelta(seconds=30))  # half of it has gone
    assert [limiter.hit("a").allowed for _ in range(6)].count(True) == 5
    clock.advance(timedelta(seconds=120))
    assert limiter.hit("a").remaining == 9
