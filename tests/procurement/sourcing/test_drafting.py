"""Drafts: revised until they are published, and written from what sites have been granted."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from procurement.sourcing.events import PUBLISHED
from tests.harness import organisation
from tests.procurement.auctions import bidding
from tests.procurement.awards.test_service import award_body
from tests.procurement.buying import BAR, Buying
from tests.procurement.catalogue import bar
from tests.procurement.conftest import Site, tell_parties
from tests.procurement.requisitions.conftest import LINE, Requisitions
from zhulian.procurement.v1.sourcing_events_pb2 import SourcingPublished

ROUTE = "/sourcing:from-requisitions"


async def _put(buying: Buying, path: str, body: Any, version: int, who: Principal | None = None) -> tuple[int, Any]:
    match = {"If-Match": f'"{version}"'}
    answer = await buying.call(who or buying.buyer, "PUT", path, body, **match)
    return answer.status_code, answer.json()


def _both(buying: Buying) -> Principal:
    """A guest that buys too, with every role."""
    kinds = frozenset({Kind.SUPPLIER, Kind.CONTRACTOR})
    return Principal("u", "c", buying.suppliers[0].id, kinds, frozenset(Role))


async def _need(buying: Buying, site: Site | None = None, **changes: Any) -> tuple[Requisitions, UUID, str]:
    """(its people, the requisition, the line) of an approved need of 100 t."""
    planned = Requisitions(buying.harness, site or buying.site)
    requisition = await planned.approved(lines=[LINE | changes])
    return planned, requisition, str((await planned.line(requisition)).id)


async def _sourced(planned: Requisitions, requisition: UUID) -> str:
    return f"{(await planned.line(requisition)).sourced:f}"


async def test_a_draft_is_revised_whole(buying: Buying) -> None:
    """Title, note, lines, parts, guests and deadline; needs that it no longer names are free, new ones held."""
    planned, old, line = await _need(buying)
    _, new, other = await _need(buying)
    body = buying.body("60")
    body["lines"][0]["parts"][0]["requisition_line_id"] = line
    made = await buying.post(buying.buyer, "/sourcing", body)
    later = (buying.deadline + timedelta(hours=1)).isoformat()
    body = buying.body("100", "7", title="Anew", note="n", deadline=later, show_rank=True)
    body["supplier_ids"] = body["supplier_ids"][1:]
    body["lines"][0] |= {"specification": "HRB400E φ12"}
    body["lines"][0]["parts"][0]["requisition_line_id"] = other
    status, revised = await _put(buying, f"/sourcing/{made['id']}", body, made["version"])
    assert (status, revised) == (200, await buying.get(buying.buyer, f"/sourcing/{made['id']}"))
    assert (revised["title"], revised["note"], revised["show_rank"], revised["version"]) == ("Anew", "n", True, 2)
    assert [one["supplier_id"] for one in revised["guests"]] == sorted(body["supplier_ids"])
    assert [(one["quantity"], one["specification"]) for one in revised["lines"]] == [
        ("100.000000", "HRB400E φ12"),
        ("7.000000", ""),
    ]
    assert [await _sourced(planned, one) for one in (old, new)] == ["0.000000", "100.000000"]
    assert await buying.harness.audited(UUID(made["id"])) == ["sourcing.create", "sourcing.revise"]
    shown = await buying.post(buying.buyer, f"/sourcing/{made['id']}:publish")
    assert (await buying.jobs(shown))[0][1] > timedelta(minutes=90)


async def test_a_revision_may_keep_what_it_holds(buying: Buying) -> None:
    """All of a need is held by the draft itself: naming it again is no second taking; a millionth more is refused."""
    planned, requisition, line = await _need(buying)
    body = buying.body("100")
    body["lines"][0]["parts"][0]["requisition_line_id"] = line
    made = await buying.post(buying.buyer, "/sourcing", body)
    assert (await _put(buying, f"/sourcing/{made['id']}", body, 1))[0] == 200
    assert await _sourced(planned, requisition) == "100.000000"
    body["lines"][0]["parts"][0]["quantity"] = "100.000001"
    async with buying.same():
        status, answer = await _put(buying, f"/sourcing/{made['id']}", body, 2)
    assert (status, answer["code"]) == (409, "REQUISITION_EXHAUSTED")


async def test_what_is_published_is_not_revised_nor_an_old_version(buying: Buying) -> None:
    draft, shown = await buying.draft(), await buying.published()
    async with buying.same():
        old = await _put(buying, f"/sourcing/{draft['id']}", buying.body(), draft["version"] + 1)
        late = await _put(buying, f"/sourcing/{shown['id']}", buying.body(), shown["version"])
        none = await buying.call(buying.buyer, "PUT", f"/sourcing/{draft['id']}", buying.body())
        stranger = organisation(Kind.CONTRACTOR).as_(Role.BUYER)
        foreign = await _put(buying, f"/sourcing/{draft['id']}", buying.body(), 1, stranger)
    assert [(status, answer["code"]) for status, answer in (old, late, foreign)] == [
        (412, "VERSION_MISMATCH"),
        (409, "INVALID_STATE"),
        (404, "SOURCING_NOT_FOUND"),
    ]
    assert (none.status_code, none.json()["code"]) == (400, "IF_MATCH_MISSING")


async def test_an_auctions_draft_is_revised_with_its_terms(buying: Buying) -> None:
    """Its lines carry start prices, so both are replaced in one call; alone neither is."""
    draft = await buying.draft("1")
    now = buying.harness.clock.now().isoformat()
    terms = {"starts_at": now, "shown": "rank", "decrement": "100"}
    lines = [{"line_id": draft["lines"][0]["id"], "start_price": "4000", "tax_percent": "13"}]
    auction = await buying.post(buying.buyer, "/auctions", {"sourcing_id": draft["id"], "lines": lines} | terms)
    version = (await buying.get(buying.buyer, f"/sourcing/{draft['id']}"))["version"]
    prices = [{"start_price": price, "tax_percent": "13"} for price in ("4100", "4000")]
    body = buying.body() | terms | {"shown": "best", "start_prices": prices}
    path = f"/auctions/{auction['id']}"
    async with buying.same():
        alone = await _put(buying, f"/sourcing/{draft['id']}", buying.body(), version)
        short = await _put(buying, path, body | {"start_prices": prices[:1]}, version)
        late = await _put(buying, path, body | {"starts_at": body["deadline"]}, version)
    assert (alone[0], alone[1]["code"]) == (409, "REVISED_AS_AUCTION")
    assert [one[1]["errors"][0]["pointer"] for one in (short, late)] == ["/start_prices", "/starts_at"]
    status, revised = await _put(buying, path, body, version)
    assert (status, revised) == (200, await buying.get(buying.buyer, path))
    assert (revised["start_price"], revised["shown"], len(revised["lines"])) == (bidding.START, "best", 2)
    await buying.post(buying.buyer, f"/sourcing/{draft['id']}:publish")
    assert (await bidding.bid(buying, 0, auction, bidding.START)).status_code == 201
    async with buying.same():
        assert (await _put(buying, path, body, version + 2))[1]["code"] == "INVALID_STATE"
        guest = Principal(
            "u", "c", buying.suppliers[0].id, frozenset({Kind.SUPPLIER, Kind.CONTRACTOR}), frozenset(Role)
        )
        assert (await _put(buying, path, body, version + 2, guest))[0] == 404
    assert await buying.harness.audited(UUID(auction["id"])) == ["auctions.create", "auctions.revise"]


async def test_more_suppliers_are_invited_and_all_are_told(buying: Buying) -> None:
    """The fact comes again and names nobody; who was invited late quotes like the others, and sees none of them."""
    sourcing = await buying.published(supplier_ids=[str(buying.suppliers[0].id)])
    path = f"/sourcing/{sourcing['id']}"
    late = {"supplier_ids": [str(one.id) for one in buying.suppliers[1:]]}
    assert await buying.refused(buying.sales(1), "GET", path) == (404, "SOURCING_NOT_FOUND")
    invited = await buying.post(buying.buyer, f"{path}:invite", late)
    assert len(invited["guests"]) == 3
    facts = await buying.harness.events(PUBLISHED, UUID(sourcing["id"]), SourcingPublished)
    assert [fact.sourcing.state for fact in facts] == ["published", "published"]
    assert not [one for one in buying.suppliers if str(one.id) in str(facts)]
    await buying.quote(1, sourcing, "4000", None)
    [own] = (await buying.get(buying.sales(1), path))["guests"]
    assert own["supplier_id"] == str(buying.suppliers[1].id)
    assert (await buying.harness.audited(UUID(sourcing["id"])))[-1] == "sourcing.invite"


async def test_an_invitation_that_cannot_be(buying: Buying) -> None:
    """Twice, of oneself, too many, into a draft, by a guest, at the deadline: nothing changes."""
    draft, sourcing = await buying.draft(), await buying.published()
    path = f"/sourcing/{sourcing['id']}:invite"
    fresh = {"supplier_ids": [str(new_id())]}
    faults = {
        "SUPPLIER_ALREADY_INVITED": [str(new_id()), str(buying.suppliers[0].id)],
        "SUPPLIER_IS_BUYER": [str(buying.site.contractor.id)],
        "SUPPLIER_TWICE": fresh["supplier_ids"] * 2,
        "TOO_MANY_GUESTS": [str(new_id()) for _ in range(498)],
    }
    for code, suppliers in faults.items():
        async with buying.same():
            answer = await buying.call(buying.buyer, "POST", path, {"supplier_ids": suppliers})
        assert [fault["code"] for fault in answer.json()["errors"]] == [code]
    refused = await buying.refused(buying.buyer, "POST", f"/sourcing/{draft['id']}:invite", fresh)
    assert refused == (409, "INVALID_STATE")
    assert await buying.refused(_both(buying), "POST", path, fresh) == (404, "SOURCING_NOT_FOUND")
    buying.harness.clock.advance(timedelta(hours=1))
    assert await buying.refused(buying.buyer, "POST", path, fresh) == (409, "DEADLINE_PASSED")


def _asked(buying: Buying, *lines: tuple[str, str | None]) -> dict[str, Any]:
    body = buying.body()
    body["lines"] = [
        {"requisition_line_id": line} | ({} if quantity is None else {"quantity": quantity}) for line, quantity in lines
    ]
    return body


async def _second_site(buying: Buying) -> Site:
    site = Site(new_id(), buying.site.contractor, buying.site.supplier)
    await tell_parties(buying.harness, site, {})
    return site


async def test_needs_of_several_sites_become_one_draft(buying: Buying) -> None:
    """One line per material, specification and exact unit; the parts keep project, cost code, day and need."""
    code = await bar(buying.harness, "t", "kg")
    other = await _second_site(buying)
    steel: dict[str, Any] = {"material_code": code, "specification": "φ8"}
    here, first, one = await _need(buying, **steel)
    there, second, two = await _need(
        buying, other, **steel, unit="kg", quantity="2500", estimated_price="4", needed_by="2026-12-01", cost_code="B"
    )
    _, _, thick = await _need(buying, material_code=code, specification="φ12")
    made = await buying.post(buying.buyer, ROUTE, _asked(buying, (one, "40"), (two, None), (thick, "1")))
    assert made == await buying.get(buying.buyer, f"/sourcing/{made['id']}")
    assert [(line["specification"], line["unit"], line["quantity"], line["needed_by"]) for line in made["lines"]] == [
        ("φ12", "t", "1.000000", "2026-12-14"),
        ("φ8", "t", "42.500000", "2026-12-01"),
    ]
    parts = [
        (part["project_id"], part["cost_code"], part["quantity"], part["requisition_line_id"])
        for part in made["lines"][1]["parts"]
    ]
    assert parts == [
        (str(other.project_id), "B", "2.500000", two),
        (str(buying.site.project_id), "01-STEEL", "40.000000", one),
    ]
    assert [await _sourced(here, first), await _sourced(there, second)] == ["40.000000", "2500.000000"]
    await buying.post(buying.buyer, f"/sourcing/{made['id']}:cancel", {"reason": "anew"})
    assert [await _sourced(here, first), await _sourced(there, second)] == ["0.000000", "0.000000"]


async def test_an_award_in_tonnes_moves_a_need_in_kilograms(buying: Buying) -> None:
    """What is ordered of a merged line is counted in the unit of the need; the rest comes back."""
    code = await bar(buying.harness, "t", "kg")
    planned, requisition, kilograms = await _need(
        buying, material_code=code, unit="kg", quantity="2500", estimated_price="4", needed_by="2026-12-01"
    )
    _, _, tonnes = await _need(buying, material_code=code)
    made = await buying.post(buying.buyer, ROUTE, _asked(buying, (kilograms, None), (tonnes, "1")))
    sourcing = await buying.post(buying.buyer, f"/sourcing/{made['id']}:publish")
    await buying.quote(0, sourcing, "4000")
    await buying.at_the_deadline(sourcing)
    ids = await buying.offered(sourcing)
    award = await buying.post(buying.buyer, "/awards", award_body(sourcing, (ids[0, 0], "1.2")))
    line = await planned.line(requisition)
    assert (f"{line.sourced:f}", f"{line.ordered:f}") == ("1300.000000", "1200.000000")
    await buying.post(buying.buyer, f"/sourcing/{sourcing['id']}:conclude", {"reason": "enough"})
    [order] = award["order_ids"]
    await buying.post(buying.buyer, f"/orders/{order}:cancel", {"reason": "anew"})
    line = await planned.line(requisition)
    assert (f"{line.sourced:f}", f"{line.ordered:f}") == ("0.000000", "0.000000")


@pytest.mark.parametrize(
    ("line", "held"),
    [
        pytest.param("unit = 'm'", "1200", id="no factor"),
        pytest.param("unit = 't'", "1.2", id="the bare number was taken"),
        pytest.param("unit = 'm'", "0.5", id="less is held than the bare number"),
    ],
)
async def test_units_never_stop_a_cancellation(buying: Buying, line: str, held: str) -> None:
    """Needs once took the bare number of any unit: an order of then gives back what is held of it and says so."""
    code = await bar(buying.harness, "t", "kg", "m")
    planned, requisition, need = await _need(
        buying, material_code=code, unit="kg", quantity="2500", estimated_price="4"
    )
    sourcing = await buying.post(buying.buyer, ROUTE, _asked(buying, (need, "1200")))
    sourcing = await buying.post(buying.buyer, f"/sourcing/{sourcing['id']}:publish")
    await buying.quote(0, sourcing, "4")
    await buying.at_the_deadline(sourcing)
    ids = await buying.offered(sourcing)
    award = await buying.post(buying.buyer, "/awards", award_body(sourcing, (ids[0, 0], "1200")))
    [order] = award["order_ids"]
    quantity = "1.2" if held == "1.2" else "1200"
    async with buying.harness.sql() as connection:
        await connection.execute(
            f"UPDATE order_lines SET {line}, quantity = $2 WHERE order_id = $1", UUID(order), Decimal(quantity)
        )
        await connection.execute("UPDATE requisition_lines SET ordered = $2 WHERE id = $1", UUID(need), Decimal(held))
    with capture_logs() as logged:
        await buying.post(buying.buyer, f"/orders/{order}:cancel", {"reason": "anew"})
    assert (await planned.line(requisition)).ordered == 0
    [warned] = [entry for entry in logged if entry["event"] == "requisitions.unit_unfit"]
    assert (warned["line_id"], Decimal(warned["counted"])) == (need, Decimal(held))


async def test_a_unit_that_does_not_convert_exactly_is_refused(buying: Buying) -> None:
    """By hand too: a part in metres cannot be counted on a need in tonnes."""
    code = await bar(buying.harness, "t", "kg", "m")
    _, _, line = await _need(buying, material_code=code)
    body = buying.body("1")
    body["lines"][0] |= {"material_code": code, "unit": "m"}
    body["lines"][0]["parts"][0]["requisition_line_id"] = line
    assert await buying.refused(buying.buyer, "POST", "/sourcing", body) == (409, "REQUISITION_UNIT_UNFIT")


async def test_what_is_sourced_already_is_refused_line_by_line(buying: Buying) -> None:
    """Wholly or in part taken; foreign, unknown, unapproved, named twice: nothing is written."""
    _, _, whole = await _need(buying)
    _, _, part = await _need(buying)
    await buying.post(buying.buyer, ROUTE, _asked(buying, (whole, None), (part, "60")))
    async with buying.same():
        answer = await buying.call(buying.buyer, "POST", ROUTE, _asked(buying, (part, "40.000001"), (whole, None)))
    assert (answer.status_code, answer.json()["code"]) == (409, "REQUISITION_EXHAUSTED")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/lines/0/quantity", "/lines/1/quantity"]
    planned = Requisitions(buying.harness, buying.site)
    waiting = str((await planned.line(await planned.submitted())).id)
    assert await buying.refused(buying.buyer, "POST", ROUTE, _asked(buying, (waiting, None))) == (
        409,
        "REQUISITION_NOT_OPEN",
    )
    unknown = _asked(buying, (str(new_id()), None))
    assert await buying.refused(buying.buyer, "POST", ROUTE, unknown) == (404, "REQUISITION_LINE_NOT_FOUND")
    stranger = organisation(Kind.CONTRACTOR).as_(Role.BUYER)
    foreign = await buying.refused(stranger, "POST", ROUTE, _asked(buying, (part, "1")))
    assert foreign == (404, "REQUISITION_LINE_NOT_FOUND")
    twice = _asked(buying, (part, "1"), (part, "1"))
    assert await buying.refused(buying.buyer, "POST", ROUTE, twice) == (422, "INVALID_ARGUMENT")


@pytest.mark.parametrize("quantity", [None, "60"])
async def test_two_buyers_get_each_need_once(buying: Buying, quantity: str | None) -> None:
    """Five at once ask for the same two needs, in either order: one draft, and four are told what is left."""
    planned, requisition, one = await _need(buying)
    _, _, two = await _need(buying, material_code=BAR)
    bodies = [_asked(buying, (one, quantity), (two, quantity)), _asked(buying, (two, quantity), (one, quantity))]
    calls = (buying.call(buying.buyer, "POST", ROUTE, bodies[number % 2]) for number in range(5))
    answers = await asyncio.gather(*calls)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 4
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"REQUISITION_EXHAUSTED"}
    assert await _sourced(planned, requisition) == ("100.000000" if quantity is None else "60.000000")
