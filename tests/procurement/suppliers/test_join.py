"""A link that works once: for the invited firm, in time, and for nobody else."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from hashlib import sha256

import httpx
import pytest

from chassis.clock import FrozenClock
from chassis.identity import Kind, Role
from procurement.suppliers.rules import INVITATION_LASTS
from tests.harness import Harness, Organisation, key, organisation
from tests.procurement.suppliers.conftest import PATH, REDEEM, Dealing, content


def outcome(answer: httpx.Response) -> tuple[int, str]:
    """Status and stable code of a refusal."""
    return answer.status_code, str(answer.json().get("code", ""))


async def test_the_link_binds_the_file_to_the_organisation_that_took_it(dealing: Dealing) -> None:
    file_id, token = await dealing.invited()
    answer = await dealing.redeem(token)
    assert answer.status_code == 200, answer.text
    taken = answer.json()
    assert (taken["id"], taken["buyer_id"]) == (str(file_id), str(dealing.contractor.id))
    assert "note" not in taken
    found = await dealing.good(dealing.buyer, "GET", f"{PATH}/{file_id}")
    assert (found["state"], found["supplier_id"]) == ("active", str(dealing.supplier.id))


async def test_only_the_hash_of_a_token_of_256_bits_is_kept(dealing: Dealing, procurement: Harness) -> None:
    file_id, token = await dealing.invited()
    assert len(token) == 43
    async with procurement.sql() as connection:
        kept = await connection.fetchval(
            "SELECT token_hash FROM supplier_invitations WHERE supplier_file_id = $1", file_id
        )
        for table in ("supplier_invitations", "supplier_files", "audit", "outbox", "idempotency_keys"):
            for row in await connection.fetch(f"SELECT * FROM {table}"):
                assert token not in str(tuple(row.values())), table
    assert kept == sha256(token.encode()).digest()


async def test_the_link_is_shown_once(dealing: Dealing) -> None:
    """A replayed answer is the same but for the link; who lost it asks for a new one."""
    headers = key()
    body = content(uscc=dealing.supplier.uscc)
    first = await dealing.call(dealing.buyer, "POST", PATH, json=body, headers=headers)
    again = await dealing.call(dealing.buyer, "POST", PATH, json=body, headers=headers)
    assert first.json()["link_path"].startswith("/suppliers/join#")
    assert first.headers["cache-control"] == "no-store"
    assert again.json() == first.json() | {"link_path": ""}


async def test_a_used_link_is_worthless(dealing: Dealing, procurement: Harness) -> None:
    _, token = await dealing.invited()
    await dealing.redeem(token)
    before = await procurement.checksum()
    assert outcome(await dealing.redeem(token)) == (409, "INVITATION_USED")
    assert await procurement.checksum() == before


async def test_fifty_at_once_join_once(dealing: Dealing, procurement: Harness) -> None:
    file_id, token = await dealing.invited()
    async with procurement.client(dealing.sales) as client:
        answers = await asyncio.gather(*(client.post(REDEEM, json={"token": token}, headers=key()) for _ in range(50)))
    assert Counter(map(outcome, answers)) == {(200, ""): 1, (409, "INVITATION_USED"): 49}
    assert (await procurement.audited(file_id)).count("suppliers.admit") == 1


async def test_a_repeated_post_gets_the_first_answer(dealing: Dealing) -> None:
    """On a bad network the supplier posts again under its key."""
    _, token = await dealing.invited()
    headers = key()
    first, again = [
        await dealing.call(dealing.sales, "POST", REDEEM, json={"token": token}, headers=headers) for _ in range(2)
    ]
    assert (first.status_code, again.content) == (200, first.content)


async def test_a_link_expires(dealing: Dealing, procurement: Harness, clock: FrozenClock) -> None:
    """To the second; a new one can be had."""
    file_id, token = await dealing.invited()
    clock.advance(INVITATION_LASTS)
    before = await procurement.checksum()
    assert outcome(await dealing.redeem(token)) == (409, "INVITATION_EXPIRED")
    assert await procurement.checksum() == before
    made = await dealing.good(dealing.buyer, "POST", f"{PATH}/{file_id}:invite")
    clock.advance(INVITATION_LASTS - timedelta(seconds=1))
    assert (await dealing.redeem(made["link_path"].partition("#")[2])).status_code == 200


async def test_a_new_link_replaces_the_old_one(dealing: Dealing, procurement: Harness) -> None:
    """The old one is as unknown as one that never was; once the firm has joined there is nothing to invite to."""
    file_id, old = await dealing.invited()
    path = f"{PATH}/{file_id}:invite"
    new = (await dealing.good(dealing.buyer, "POST", path))["link_path"].partition("#")[2]
    before = await procurement.checksum()
    assert outcome(await dealing.redeem(old)) == (404, "INVITATION_NOT_FOUND")
    assert outcome(await dealing.redeem("x" * 43)) == (404, "INVITATION_NOT_FOUND")
    assert await procurement.checksum() == before
    assert (await dealing.redeem(new)).status_code == 200
    assert outcome(await dealing.call(dealing.buyer, "POST", path)) == (409, "INVALID_STATE")


async def test_another_firm_cannot_take_the_link(dealing: Dealing, procurement: Harness) -> None:
    """Who found the link in somebody's mail is told no more than that; the invited firm can still join."""
    _, token = await dealing.invited()
    before = await procurement.checksum()
    stranger = organisation(Kind.SUPPLIER).as_(Role.SALES)
    assert outcome(await dealing.redeem(token, stranger)) == (409, "INVITATION_FOR_ANOTHER")
    assert await procurement.checksum() == before
    assert (await dealing.redeem(token)).status_code == 200


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.SUPPLIER])
async def test_only_a_supplier_joins(dealing: Dealing, procurement: Harness, kind: Kind) -> None:
    """The right code does not help an organisation that the operator has not admitted as a supplier."""
    _, token = await dealing.invited()
    same_code = Organisation(frozenset({kind}), uscc=dealing.supplier.uscc)
    before = await procurement.checksum()
    assert outcome(await dealing.redeem(token, same_code.as_(*Role))) == (403, "ROLE_MISSING")
    assert await procurement.checksum() == before


@pytest.mark.parametrize("role", [Role.VIEWER, Role.INTEGRATOR, Role.BUYER])
async def test_not_every_member_joins(dealing: Dealing, procurement: Harness, role: Role) -> None:
    _, token = await dealing.invited()
    before = await procurement.checksum()
    assert outcome(await dealing.redeem(token, dealing.supplier.as_(role))) == (403, "ROLE_MISSING")
    assert await procurement.checksum() == before


async def test_a_buyer_does_not_invite_itself(dealing: Dealing, procurement: Harness) -> None:
    before = await procurement.checksum()
    answer = await dealing.call(dealing.buyer, "POST", PATH, json=content(uscc=dealing.contractor.uscc))
    assert [fault["code"] for fault in answer.json()["errors"]] == ["SUPPLIER_IS_BUYER"]
    assert await procurement.checksum() == before


@pytest.mark.parametrize("token", ["", "short", "x" * 44, "!" * 43])
async def test_what_is_no_token_is_refused(dealing: Dealing, procurement: Harness, token: str) -> None:
    before = await procurement.checksum()
    answer = await dealing.redeem(token)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/token")
    assert await procurement.checksum() == before
