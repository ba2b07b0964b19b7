"""Drafts, publication, deadlines, questions: what they leave behind."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from chassis.identity import Kind, Principal, Role
from procurement.sourcing.events import ENDED, OPENED, PUBLISHED
from tests.procurement.buying import Buying
from tests.procurement.requisitions.conftest import Requisitions
from zhulian.procurement.v1.sourcing_events_pb2 import SourcingEnded, SourcingOpened, SourcingPublished


async def test_needs_of_several_projects_are_merged_and_stay_apart(buying: Buying) -> None:
    """A line's quantity is the sum of its parts; the buyer sees the parts, a supplier the sum and the first day."""
    body = buying.body("10")
    part = body["lines"][0]["parts"][0]
    planned = Requisitions(buying.harness, buying.site)
    need = str((await planned.line(await planned.approved())).id)
    body["lines"][0]["parts"].append(
        part | {"cost_code": "02-FRAME", "quantity": "2.5", "needed_by": "2026-12-10", "requisition_line_id": need}
    )
    made = await buying.post(buying.buyer, "/sourcing", body)
    await buying.post(buying.buyer, f"/sourcing/{made['id']}:publish")
    [line] = made["lines"]
    assert (line["quantity"], line["needed_by"]) == ("12.500000", "2026-12-10")
    assert [(one["cost_code"], one["quantity"], one["requisition_line_id"]) for one in line["parts"]] == [
        ("01-STEEL", "10.000000", None),
        ("02-FRAME", "2.500000", need),
    ]
    [seen] = (await buying.get(buying.sales(0), f"/sourcing/{made['id']}"))["lines"]
    assert (seen["quantity"], seen["needed_by"], seen["awarded"], seen["parts"]) == (
        "12.500000",
        "2026-12-10",
        None,
        [],
    )


async def test_publishing_plans_the_deadline_and_tells_no_guest(buying: Buying) -> None:
    """The job stands in the same transaction; the fact names no supplier; the audit has every step."""
    sourcing = await buying.published()
    [(job, pause)] = await buying.jobs(sourcing)
    assert job == "quotes.open"
    assert abs(pause - timedelta(hours=1)) < timedelta(minutes=1)
    [fact] = await buying.harness.events(PUBLISHED, UUID(sourcing["id"]), SourcingPublished)
    assert fact.sourcing.state == "published"
    assert not [one for one in buying.suppliers if str(one.id) in str(fact)]
    assert await buying.harness.audited(UUID(sourcing["id"])) == ["sourcing.create", "sourcing.publish"]


async def test_a_deadline_is_moved_before_it_has_come(buying: Buying) -> None:
    """The old job finds that it is too early; the new one opens. Afterwards, and forwards, it cannot be moved."""
    sourcing = await buying.published()
    await buying.quote(0, sourcing, "4000", None)
    path = f"/sourcing/{sourcing['id']}:extend"
    earlier = (buying.deadline - timedelta(minutes=1)).isoformat()
    assert await buying.refused(buying.buyer, "POST", path, {"deadline": earlier}) == (422, "INVALID_ARGUMENT")
    later = await buying.post(buying.buyer, path, {"deadline": (buying.deadline + timedelta(hours=1)).isoformat()})
    await buying.at_the_deadline(sourcing)
    assert (await buying.get(buying.buyer, f"/sourcing/{sourcing['id']}"))["state"] == "published"
    assert [pause > timedelta(minutes=90) for _, pause in await buying.jobs(sourcing)] == [False, True]
    buying.harness.clock.advance(timedelta(hours=1))
    too_late = {"deadline": (buying.deadline + timedelta(days=1)).isoformat()}
    assert await buying.refused(buying.buyer, "POST", path, too_late) == (409, "DEADLINE_PASSED")
    await buying.at_the_deadline(later)
    [opened] = await buying.harness.events(OPENED, UUID(sourcing["id"]), SourcingOpened)
    assert opened.sourcing.state == "opened"


async def test_a_deadline_in_the_past_is_not_published(buying: Buying) -> None:
    sourcing = await buying.draft()
    buying.harness.clock.advance(timedelta(hours=1))
    path = f"/sourcing/{sourcing['id']}:publish"
    assert await buying.refused(buying.buyer, "POST", path) == (409, "DEADLINE_PASSED")


async def test_nobody_has_offered(buying: Buying) -> None:
    """The deadline fails it (流标), once, however often its job runs."""
    sourcing = await buying.published()
    await buying.at_the_deadline(sourcing)
    await buying.run_the_job(sourcing)
    found = await buying.get(buying.buyer, f"/sourcing/{sourcing['id']}")
    assert (found["state"], found["opened_at"]) == ("failed", None)
    assert len(await buying.harness.events(ENDED, UUID(sourcing["id"]), SourcingEnded)) == 1


async def test_a_question_is_answered_to_all_and_nobody_learns_who_asked(buying: Buying) -> None:
    """Others see it once it is answered; the buyer sees what was asked, not by whom."""
    sourcing = await buying.published()
    path = f"/sourcing/{sourcing['id']}/questions"
    asked = await buying.post(buying.sales(0), path, {"text": "12 m bars?"})
    assert asked["own"] is True
    assert (await buying.get(buying.sales(1), path))["items"] == []
    [open_one] = (await buying.get(buying.buyer, path))["items"]
    await buying.post(buying.buyer, f"{path}/{open_one['id']}:answer", {"answer": "Yes."})
    [own], [others], [buyers] = [
        (await buying.get(who, path))["items"] for who in (buying.sales(0), buying.sales(1), buying.buyer)
    ]
    assert (own["own"], others["own"], buyers["own"]) == (True, False, False)
    assert others["answer"] == "Yes."
    assert str(buying.suppliers[0].id) not in str(others) + str(buyers)


async def test_no_question_after_the_deadline(buying: Buying) -> None:
    sourcing = await buying.published()
    buying.harness.clock.advance(timedelta(hours=1))
    path = f"/sourcing/{sourcing['id']}/questions"
    assert await buying.refused(buying.sales(0), "POST", path, {"text": "?"}) == (409, "DEADLINE_PASSED")


async def test_what_is_partly_awarded_is_concluded_not_cancelled(buying: Buying) -> None:
    sourcing = await buying.opened(("4000", "4100"))
    path, why = f"/sourcing/{sourcing['id']}", {"reason": "No more money."}
    assert await buying.refused(buying.buyer, "POST", f"{path}:conclude", why) == (409, "NOTHING_AWARDED")
    ids = await buying.offered(sourcing)
    lines = [{"offer_line_id": ids[0, 0], "quantity": "1"}]
    await buying.post(buying.buyer, "/awards", {"sourcing_id": sourcing["id"], "lines": lines})
    assert await buying.refused(buying.buyer, "POST", f"{path}:cancel", why) == (409, "SOURCING_PARTLY_AWARDED")
    assert (await buying.post(buying.buyer, f"{path}:conclude", why))["state"] == "awarded"


async def test_two_who_publish_at_once(buying: Buying) -> None:
    """One of them; the other is told that it is published."""
    sourcing = await buying.draft()
    path = f"/sourcing/{sourcing['id']}:publish"
    answers = await asyncio.gather(*(buying.call(buying.buyer, "POST", path) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await buying.jobs(sourcing)) == 1


@pytest.mark.parametrize("verb", ["publish", "cancel"])
async def test_a_guest_runs_nothing(buying: Buying, verb: str) -> None:
    """The roles of a buyer in a supplier's hands find nothing to buy: to them it is not there."""
    sourcing = await buying.published()
    both = buying.suppliers[0]
    who = Principal("u", "c", both.id, frozenset({Kind.SUPPLIER, Kind.CONTRACTOR}), frozenset(Role))
    answer = await buying.refused(who, "POST", f"/sourcing/{sourcing['id']}:{verb}", {"reason": "mine"})
    assert answer == (404, "SOURCING_NOT_FOUND")


async def _counters(planned: Requisitions, requisition_id: UUID) -> tuple[str, str]:
    line = await planned.line(requisition_id)
    return f"{line.sourced:f}", f"{line.ordered:f}"


async def test_a_need_is_sourced_once_and_what_is_not_awarded_comes_back(buying: Buying) -> None:
    """Never more than was requested; an award moves it on to the order; whatever ends the sourcing frees the rest."""
    planned = Requisitions(buying.harness, buying.site)
    requisition = await planned.approved()
    need = str((await planned.line(requisition)).id)
    body = buying.body("60", "4")
    body["lines"][0]["parts"][0]["requisition_line_id"] = need
    made = await buying.post(buying.buyer, "/sourcing", body)
    assert await _counters(planned, requisition) == ("60.000000", "0.000000")
    assert await buying.refused(buying.buyer, "POST", "/sourcing", body) == (409, "REQUISITION_EXHAUSTED")
    await buying.post(buying.buyer, f"/sourcing/{made['id']}:cancel", {"reason": "anew"})
    assert await _counters(planned, requisition) == ("0.000000", "0.000000")
    for answered in (False, True):
        made = await buying.post(buying.buyer, "/sourcing", body | {"deadline": buying.deadline.isoformat()})
        sourcing = await buying.post(buying.buyer, f"/sourcing/{made['id']}:publish")
        if answered:
            await buying.quote(0, sourcing, "4000", None)
        await buying.at_the_deadline(sourcing)
        assert await _counters(planned, requisition) == ("60.000000" if answered else "0.000000", "0.000000")
    ids = await buying.offered(sourcing)
    lines = [{"offer_line_id": ids[0, 0], "quantity": "25"}]
    await buying.post(buying.buyer, "/awards", {"sourcing_id": sourcing["id"], "lines": lines})
    assert await _counters(planned, requisition) == ("35.000000", "25.000000")
    await buying.post(buying.buyer, f"/sourcing/{sourcing['id']}:conclude", {"reason": "enough"})
    assert await _counters(planned, requisition) == ("0.000000", "25.000000")
