"""How an organisation comes into a group of companies and out of it: two administrators, and nobody else."""

from __future__ import annotations

import asyncio
from uuid import UUID

import httpx
import pytest

from chassis.identity import Kind, Principal, Role
from gateway.access.organisations.events import CHANGED
from tests.gateway.conftest import AFFILIATIONS, ORGANISATIONS, Access, Admitted, new_uscc
from zhulian.access.v1.events_pb2 import OrganisationChanged

WHY = {"reason": "股权已转让"}


async def told(access: Access, child: Admitted) -> list[tuple[str, str]]:
    """Each change of a child that was told, with the parent that it has then."""
    facts = await access.harness.events(CHANGED, child.id, OrganisationChanged)
    return [(fact.change, fact.organisation.parent_id) for fact in facts]


async def do(access: Access, who: Principal, asked: dict[str, str], verb: str) -> httpx.Response:
    body = WHY if verb in ("decline", "end") else None
    return await access.post(who, f"{AFFILIATIONS}/{asked['id']}:{verb}", body)


async def parent_of(access: Access, child: Admitted) -> str | None:
    found: str | None = (await access.get(child.admin, f"{ORGANISATIONS}/{child.id}")).json()["parent_id"]
    return found


async def test_the_child_confirms_and_the_fact_says_so(access: Access) -> None:
    parent, child = await access.admitted(), await access.admitted()
    asked = await access.asked(parent, child)
    assert (asked["state"], asked["parent_id"], asked["child_id"]) == ("requested", str(parent.id), str(child.id))
    assert await parent_of(access, child) is None
    assert await told(access, child) == [("admit", "")]
    answer = await do(access, child.admin, asked, "confirm")
    assert (answer.status_code, answer.json()["state"]) == (200, "confirmed")
    assert await parent_of(access, child) == str(parent.id)
    assert await told(access, child) == [("admit", ""), ("affiliate", str(parent.id))]
    assert await access.harness.audited(UUID(asked["id"])) == ["affiliations.request", "affiliations.confirm"]
    assert (await access.harness.audited(child.id))[-1] == "organisations.affiliate"


@pytest.mark.parametrize("by", ["parent", "child"])
async def test_either_side_ends_it(access: Access, by: str) -> None:
    parent, child = await access.admitted(), await access.admitted()
    asked = await access.asked(parent, child)
    await do(access, child.admin, asked, "confirm")
    answer = await do(access, (parent if by == "parent" else child).admin, asked, "end")
    assert (answer.json()["state"], answer.json()["reason"]) == ("ended", WHY["reason"])
    assert await parent_of(access, child) is None
    assert (await told(access, child))[-1] == ("leave-group", "")
    assert (await access.asked(parent, child))["state"] == "requested"  # it may come back


async def test_no_answer_but_the_childs_makes_a_member(access: Access) -> None:
    """Neither the parent itself, nor another organisation, nor the operator, nor a member without the role."""
    parent, child, stranger = await access.admitted(), await access.admitted(), await access.admitted()
    asked = await access.asked(parent, child)
    before = await access.harness.checksum()
    refusals = {
        parent.admin: (403, "OTHER_SIDE"),
        access.operator: (403, "OTHER_SIDE"),
        stranger.admin: (404, "AFFILIATION_NOT_FOUND"),
        child.organisation.as_(Role.BUYER, Role.APPROVER): (403, "ROLE_MISSING"),
    }
    for who, wanted in refusals.items():
        for verb in ("confirm", "decline"):
            answer = await do(access, who, asked, verb)
            assert (answer.status_code, answer.json()["code"]) == wanted
    assert (await do(access, child.admin, asked, "withdraw")).json()["code"] == "OTHER_SIDE"
    assert await access.harness.checksum() == before
    assert (await access.get(stranger.admin, AFFILIATIONS)).json()["items"] == []


@pytest.mark.parametrize(("verb", "by"), [("decline", "child"), ("withdraw", "parent")])
async def test_a_request_that_came_to_nothing_changes_nobody(access: Access, verb: str, by: str) -> None:
    parent, child = await access.admitted(), await access.admitted()
    asked = await access.asked(parent, child)
    assert (await do(access, (parent if by == "parent" else child).admin, asked, verb)).status_code == 200
    late = await do(access, child.admin, asked, "confirm")
    assert (late.status_code, late.json()["code"]) == (409, "INVALID_STATE")
    assert await parent_of(access, child) is None
    assert await told(access, child) == [("admit", "")]


async def test_a_child_has_one_parent_even_when_it_confirms_two_at_the_same_time(access: Access) -> None:
    one, two, child = await access.admitted(), await access.admitted(), await access.admitted()
    asked = [await access.asked(parent, child) for parent in (one, two)]
    answers = await asyncio.gather(*(do(access, child.admin, each, "confirm") for each in asked))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert [answer.json()["code"] for answer in answers if answer.status_code == 409] == ["HAS_PARENT"]
    won = next(answer.json() for answer in answers if answer.status_code == 200)
    assert await parent_of(access, child) == won["parent_id"]


async def test_whom_nobody_can_ask(access: Access) -> None:
    """An unknown code, one that only applies, a suspended one, itself, one that has been asked."""
    parent, child, out = await access.admitted(), await access.admitted(), await access.admitted()
    pending = await access.registered(Kind.SUPPLIER)
    await access.post(access.operator, f"{ORGANISATIONS}/{out.id}:suspend", {"reason": "x"})
    await access.asked(parent, child)
    before = await access.harness.checksum()
    for code in (new_uscc(), pending["uscc"], out.registered["uscc"]):
        answer = await access.post(parent.admin, AFFILIATIONS, {"uscc": code})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "ORGANISATION_UNKNOWN")
        assert answer.json()["errors"][0]["pointer"] == "/uscc"
    own = await access.post(parent.admin, AFFILIATIONS, {"uscc": parent.registered["uscc"]})
    assert (own.status_code, own.json()["errors"][0]["code"]) == (422, "OWN_ORGANISATION")
    twice = await access.post(parent.admin, AFFILIATIONS, {"uscc": child.registered["uscc"]})
    assert (twice.status_code, twice.json()["code"]) == (409, "AFFILIATION_OPEN")
    assert await access.harness.checksum() == before
