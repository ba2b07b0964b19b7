"""Use cases of requisitions on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from chassis.errors import Aborted, FailedPrecondition, NotFound, PermissionDenied, ServiceError
from chassis.identity import Kind, Role
from chassis.ids import new_id
from chassis.pages import PageRequest
from procurement.approvals import service as approvals
from procurement.approvals.models import DocumentKind
from procurement.approvals.rules import Band
from procurement.approvals.service import Delegate, SetMatrix
from procurement.requisitions import service
from procurement.requisitions.events import APPROVED, CLOSED
from procurement.requisitions.repository import LineFilter
from procurement.requisitions.rules import Need
from procurement.requisitions.service import Verb
from procurement.requisitions.states import State
from tests.harness import Harness, organisation
from tests.procurement.requisitions.conftest import LINE, Requisitions, need
from zhulian.procurement.v1.requisitions_events_pb2 import RequisitionApproved, RequisitionClosed

DEAR: dict[str, Any] = {"lines": [LINE | {"estimated_price": "5000.01"}]}
"""Half a million and one yuan: all three have to approve."""


async def refused(requisitions: Requisitions, move: Any, needs: list[Need], **how: bool) -> ServiceError:
    """A refusal of a counter that left everything as it was."""
    before = await requisitions.harness.checksum()
    with pytest.raises(ServiceError) as refusal:
        await requisitions.move(move, needs, **how)
    assert await requisitions.harness.checksum() == before
    return refusal.value


async def test_one_approver_is_enough_for_little(requisitions: Requisitions, procurement: Harness) -> None:
    """The fact has all that a reader needs; who approved stands in the steps and in the audit."""
    requisition_id = await requisitions.approved()
    standing = await requisitions.standing(requisition_id)
    assert standing.requisition.state == State.APPROVED
    assert standing.requisition.approved_at == procurement.clock.now()
    [step] = standing.steps
    assert (step.role, step.decided_by) == (Role.APPROVER, requisitions.approver.subject)
    [fact] = await procurement.events(APPROVED, requisition_id, RequisitionApproved)
    [line] = fact.requisition.lines
    assert (fact.requisition.number, fact.requisition.total.amount) == (standing.requisition.number, "40000.00")
    assert (line.material_code, line.quantity, line.needed_by.date) == ("01090001", "100.000000", "2026-12-14")
    assert not line.HasField("wbs_uid")
    assert await procurement.audited(requisition_id) == [
        "requisitions.create",
        "requisitions.submit",
        "requisitions.approve",
    ]


async def test_three_have_to_approve_much(requisitions: Requisitions, procurement: Harness) -> None:
    """One after the other; it stays submitted, and nothing is told, until the last one."""
    requisition_id = await requisitions.submitted(**DEAR)
    for who in (requisitions.approver, requisitions.controller):
        async with procurement.work(who) as work:
            assert (await service.approve(work, Verb(requisition_id, None))).requisition.state == State.SUBMITTED
    assert await procurement.events(APPROVED, requisition_id, RequisitionApproved) == []
    async with procurement.work(requisitions.manager) as work:
        assert (await service.approve(work, Verb(requisition_id, None))).requisition.state == State.APPROVED
    assert len(await procurement.events(APPROVED, requisition_id, RequisitionApproved)) == 1


async def test_out_of_turn_nothing_changes(requisitions: Requisitions, procurement: Harness) -> None:
    requisition_id = await requisitions.submitted(**DEAR)
    before = await procurement.checksum()
    for who in (requisitions.controller, requisitions.manager, requisitions.buyer):
        for verb in (service.approve, service.reject):
            with pytest.raises(PermissionDenied) as refusal:
                async with procurement.work(who) as work:
                    await verb(work, Verb(requisition_id, None, "…"))
            assert refusal.value.reason == "STEP_NEEDS_ROLE"
    assert await procurement.checksum() == before


async def test_who_wrote_revised_or_submitted_does_not_approve(
    requisitions: Requisitions, procurement: Harness
) -> None:
    """Also when a delegate asks on their behalf."""
    requisition_id = await requisitions.draft()
    submitter = replace(requisitions.buyer, roles=frozenset({Role.BUYER, Role.APPROVER}))
    async with procurement.work(submitter) as work:
        await service.submit(work, Verb(requisition_id, None))
    writer = replace(requisitions.engineer, roles=frozenset({Role.APPROVER}))
    friend = requisitions.site.contractor.as_(Role.VIEWER, Role.SITE_ENGINEER)
    today = date(2026, 11, 23)
    async with procurement.work(writer) as work:
        await approvals.delegate(work, Delegate(friend.subject, (Role.APPROVER,), today, today, False, "…"))
    before = await procurement.checksum()
    for who in (submitter, writer, friend):
        with pytest.raises(PermissionDenied) as refusal:
            async with procurement.work(who) as work:
                await service.approve(work, Verb(requisition_id, None))
        assert refusal.value.reason == "SELF_APPROVAL"
    assert await procurement.checksum() == before


async def test_a_delegate_approves_for_who_is_away(requisitions: Requisitions, procurement: Harness) -> None:
    requisition_id = await requisitions.submitted()
    deputy = requisitions.site.contractor.as_(Role.SITE_ENGINEER)
    today = date(2026, 11, 23)
    async with procurement.work(requisitions.approver) as work:
        await approvals.delegate(work, Delegate(deputy.subject, (Role.APPROVER,), today, today, True, "年假"))
    async with procurement.work(deputy) as work:
        standing = await service.approve(work, Verb(requisition_id, None))
    assert standing.requisition.state == State.APPROVED
    assert [(step.decided_by, step.decided_for) for step in standing.steps] == [
        (deputy.subject, requisitions.approver.subject)
    ]


async def test_a_new_matrix_leaves_what_was_submitted(requisitions: Requisitions, procurement: Harness) -> None:
    """Steps are fixed when it is submitted; the next requisition goes by the new matrix."""
    old = await requisitions.submitted()
    matrix = SetMatrix(
        DocumentKind.REQUISITION, (Band(None, (Role.PROJECT_MANAGER,)),), date(2026, 11, 23), "公司授权手册"
    )
    async with procurement.work(requisitions.site.contractor.as_(Role.ADMIN)) as work:
        row = await approvals.set_matrix(work, matrix)
    new = await requisitions.submitted()
    assert [step.role for step in (await requisitions.standing(old)).steps] == [Role.APPROVER]
    steps = (await requisitions.standing(new)).steps
    assert [(step.role, step.matrix_ref) for step in steps] == [(Role.PROJECT_MANAGER, str(row.id))]
    async with procurement.work(requisitions.approver) as work:
        assert (await service.approve(work, Verb(old, None))).requisition.state == State.APPROVED


async def test_rejected_and_cancelled_are_ends(requisitions: Requisitions, procurement: Harness) -> None:
    """With the reason; the steps that waited wait no more."""
    rejected, cancelled = await requisitions.submitted(**DEAR), await requisitions.submitted(**DEAR)
    async with procurement.work(requisitions.approver) as work:
        one = await service.reject(work, Verb(rejected, None, "库存够用"))
    async with procurement.work(requisitions.engineer) as work:
        other = await service.cancel(work, Verb(cancelled, None, "图纸变更"))
    assert (one.requisition.state, one.requisition.reason) == (State.REJECTED, "库存够用")
    assert [step.state for step in one.steps] == ["rejected", "withdrawn", "withdrawn"]
    assert (other.requisition.state, other.requisition.reason) == (State.CANCELLED, "图纸变更")
    assert [step.state for step in other.steps] == ["withdrawn"] * 3


async def test_a_stale_version_is_refused(requisitions: Requisitions, procurement: Harness) -> None:
    requisition_id = await requisitions.submitted()
    before = await procurement.checksum()
    with pytest.raises(Aborted):
        async with procurement.work(requisitions.approver) as work:
            await service.approve(work, Verb(requisition_id, 1))
    assert await procurement.checksum() == before


async def test_a_draft_that_lay_too_long(requisitions: Requisitions, procurement: Harness) -> None:
    """Its day is over: it cannot be submitted before it is revised."""
    requisition_id = await requisitions.draft(lines=[LINE | {"needed_by": "2026-11-23"}])
    procurement.clock.advance(timedelta(days=1))
    try:
        before = await procurement.checksum()
        with pytest.raises(FailedPrecondition) as refusal:
            async with procurement.work(requisitions.engineer) as work:
                await service.submit(work, Verb(requisition_id, None))
        assert refusal.value.reason == "NEEDED_BY_PASSED"
        assert await procurement.checksum() == before
    finally:
        procurement.clock.advance(timedelta(days=-1))


async def test_tasks_of_the_work_breakdown(requisitions: Requisitions, procurement: Harness) -> None:
    """A line keeps the task's number and name, and so does the fact."""
    requisitions.projects.tasks[requisitions.site.project_id] = {7: "底板钢筋"}
    requisition_id = await requisitions.approved(lines=[LINE | {"wbs_uid": 7}, LINE | {"quantity": "1"}])
    [first, second] = (await requisitions.read(requisition_id)).lines
    assert (first.wbs_uid, first.wbs_name, second.wbs_uid, second.wbs_name) == (7, "底板钢筋", None, "")
    [fact] = await procurement.events(APPROVED, requisition_id, RequisitionApproved)
    assert (fact.requisition.lines[0].wbs_uid, fact.requisition.lines[0].wbs_name) == (7, "底板钢筋")


async def test_from_need_to_delivery(requisitions: Requisitions, procurement: Harness) -> None:
    """Each line knows what is requested, sourced, ordered, delivered and left; every move is audited."""
    requisition_id = await requisitions.approved()
    line = await requisitions.line(requisition_id)

    async def state() -> list[str]:
        now = await requisitions.line(requisition_id)
        return [str(value.normalize()) for value in (now.sourced, now.ordered, now.delivered, now.left)]

    await requisitions.move(service.take_for_sourcing, [need(line, "60")])
    assert await state() == ["6E+1", "0", "0", "4E+1"]
    await requisitions.move(service.take_for_order, [need(line, "50")], sourced=True)
    await requisitions.move(service.give_back_sourcing, [need(line, "10")])
    await requisitions.move(service.take_for_order, [need(line, "25")], sourced=False)
    assert await state() == ["0", "75", "0", "25"]
    await requisitions.move(service.give_back_order, [need(line, "5")])
    await requisitions.move(service.book_delivered, [need(line, "71.5")])
    await requisitions.move(service.book_delivered, [need(line, "-1.5")])
    assert await state() == ["0", "7E+1", "7E+1", "3E+1"]
    assert (await procurement.audited(requisition_id))[3:] == [
        "requisitions.take_for_sourcing",
        "requisitions.take_sourced_for_order",
        "requisitions.give_back_sourcing",
        "requisitions.take_for_order",
        "requisitions.give_back_order",
        "requisitions.book_delivered",
        "requisitions.book_delivered",
    ]


@pytest.mark.parametrize("sourced", [False, True])
async def test_fifty_at_once_take_exactly_what_was_requested(requisitions: Requisitions, sourced: bool) -> None:
    """Fifty orders of three tonnes against a hundred: thirty-three get it, one tonne is left."""
    line = await requisitions.line(requisition_id := await requisitions.approved())
    if sourced:
        await requisitions.move(service.take_for_sourcing, [need(line, "100")])

    async def attempt() -> str:
        try:
            await requisitions.move(service.take_for_order, [need(line, "3")], sourced=sourced)
        except FailedPrecondition as refusal:
            return refusal.reason
        return "taken"

    outcomes = await asyncio.gather(*(attempt() for _ in range(50)))
    assert outcomes.count("taken") == 33
    assert set(outcomes) == {"taken", "REQUISITION_EXHAUSTED"}
    after = await requisitions.line(requisition_id)
    assert after.ordered == Decimal(99)
    assert (after.sourced, after.left) == ((Decimal(1), Decimal(0)) if sourced else (Decimal(0), Decimal(1)))


async def test_two_awards_that_share_lines_do_not_block_each_other(requisitions: Requisitions) -> None:
    """Whatever order the lines are named in, they are locked in one; halves are taken twice, never three times."""
    requisition_id = await requisitions.approved(lines=[LINE | {"estimated_price": "10"} for _ in range(20)])
    lines = (await requisitions.read(requisition_id)).lines
    there = [need(line, "50") for line in lines]
    attempts = [there, there[::-1], there, there[::-1]]
    outcomes = await asyncio.gather(
        *(requisitions.move(service.take_for_sourcing, needs) for needs in attempts), return_exceptions=True
    )
    assert sum(outcome is None for outcome in outcomes) == 2
    assert {getattr(one, "reason", "") for one in outcomes if one is not None} == {"REQUISITION_EXHAUSTED"}
    assert {line.left for line in (await requisitions.read(requisition_id)).lines} == {Decimal(0)}


async def test_all_or_nothing(requisitions: Requisitions) -> None:
    """One line that has not enough refuses the lot, and says how much it has."""
    requisition_id = await requisitions.approved(lines=[LINE, LINE | {"quantity": "1"}])
    [first, second] = (await requisitions.read(requisition_id)).lines
    refusal = await refused(requisitions, service.take_for_sourcing, [need(first, "10"), need(second, "1.000001")])
    assert refusal.reason == "REQUISITION_EXHAUSTED"
    assert refusal.metadata == {"requisition_line_id": str(second.id), "asked": "1.000001", "left": "1.000000"}


async def test_one_line_named_twice_is_added_up(requisitions: Requisitions) -> None:
    line = await requisitions.line(await requisitions.approved())
    needs = [need(line, "60"), need(line, "50")]
    assert (await refused(requisitions, service.take_for_order, needs, sourced=False)).metadata["asked"] == "110.000000"


@pytest.mark.parametrize(
    "move",
    [service.give_back_sourcing, service.give_back_order, service.book_delivered],
    ids=lambda move: move.__name__,
)
async def test_no_more_comes_back_than_went(requisitions: Requisitions, move: Any) -> None:
    line = await requisitions.line(await requisitions.approved())
    quantity = "-1" if move is service.book_delivered else "1"
    assert (await refused(requisitions, move, [need(line, quantity)])).reason == "REQUISITION_EXHAUSTED"


async def test_only_what_is_approved_is_bought(requisitions: Requisitions) -> None:
    line = await requisitions.line(await requisitions.submitted())
    assert (await refused(requisitions, service.take_for_sourcing, [need(line, "1")])).reason == "REQUISITION_NOT_OPEN"


async def test_nobody_takes_of_anothers_need(requisitions: Requisitions, procurement: Harness) -> None:
    """For another organisation the line does not exist, as an id that nobody has."""
    line = await requisitions.line(await requisitions.approved())
    stranger = organisation(Kind.CONTRACTOR).as_(Role.BUYER)
    before = await procurement.checksum()
    for line_id in (line.id, new_id()):
        with pytest.raises(NotFound) as refusal:
            async with procurement.work(stranger) as work:
                await service.take_for_order(work, [Need(line_id, Decimal(1), "t")], sourced=False)
        assert refusal.value.reason == "REQUISITION_LINE_NOT_FOUND"
    assert await procurement.checksum() == before


async def test_closing_ends_the_buying_not_the_coming(requisitions: Requisitions, procurement: Harness) -> None:
    """Not while a line is being sourced; afterwards nothing more is taken, and what is ordered still comes."""
    requisition_id = await requisitions.approved()
    line = await requisitions.line(requisition_id)
    await requisitions.move(service.take_for_sourcing, [need(line, "10")])
    before = await procurement.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        async with procurement.work(requisitions.buyer) as work:
            await service.close(work, Verb(requisition_id, None, "够了"))
    assert refusal.value.reason == "REQUISITION_IN_SOURCING"
    assert await procurement.checksum() == before
    await requisitions.move(service.take_for_order, [need(line, "10")], sourced=True)
    async with procurement.work(requisitions.buyer) as work:
        closed = await service.close(work, Verb(requisition_id, None, "够了"))
    assert (closed.requisition.state, closed.requisition.reason) == (State.CLOSED, "够了")
    [fact] = await procurement.events(CLOSED, requisition_id, RequisitionClosed)
    assert (fact.reason, fact.requisition.lines[0].ordered) == ("够了", "10.000000")
    assert (await refused(requisitions, service.take_for_sourcing, [need(line, "1")])).reason == "REQUISITION_NOT_OPEN"
    await requisitions.move(service.book_delivered, [need(line, "10")])
    assert (await requisitions.line(requisition_id)).delivered == Decimal(10)


async def test_closing_and_taking_at_once(requisitions: Requisitions, procurement: Harness) -> None:
    """One of the two wins: never closed with something in sourcing."""

    async def close(requisition_id: Any) -> None:
        async with procurement.work(requisitions.buyer) as work:
            await service.close(work, Verb(requisition_id, None, "够了"))

    for _ in range(8):
        requisition_id = await requisitions.approved()
        line = await requisitions.line(requisition_id)
        outcomes = await asyncio.gather(
            requisitions.move(service.take_for_sourcing, [need(line, "1")]),
            close(requisition_id),
            return_exceptions=True,
        )
        after = await requisitions.read(requisition_id)
        assert sum(outcome is None for outcome in outcomes) == 1
        assert (after.state == State.CLOSED) == (after.lines[0].sourced == 0)


@pytest.mark.parametrize(
    "change",
    [
        "sourced = 60, ordered = 41",
        "sourced = -1",
        "ordered = -1",
        "delivered = -1",
        "quantity = 0",
        "estimated_price = 0",
    ],
)
async def test_the_database_stands_behind_the_rule(
    requisitions: Requisitions, procurement: Harness, change: str
) -> None:
    """Whoever forgets the functions is stopped by a CHECK."""
    line = await requisitions.line(await requisitions.approved())
    async with procurement.sql() as connection:
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(f"UPDATE requisition_lines SET {change} WHERE id = $1", line.id)


async def test_open_lines_over_all_projects(requisitions: Requisitions, procurement: Harness) -> None:
    """Approved and with something left, by the day they are needed; each filter narrows."""
    late = await requisitions.line(await requisitions.approved(lines=[LINE | {"needed_by": "2027-01-10"}]))
    soon = await requisitions.line(await requisitions.approved(lines=[LINE | {"cost_code": "02-FRAME"}]))
    await requisitions.submitted()
    done = await requisitions.line(await requisitions.approved())
    await requisitions.move(service.take_for_order, [need(done, "100")], sourced=False)

    async def listed(**wanted: Any) -> list[Any]:
        async with procurement.work(requisitions.buyer) as work:
            page = await service.open_lines(work, LineFilter(**wanted), PageRequest())
        return [line.id for line in page.items]

    assert await listed() == [soon.id, late.id]
    assert await listed(project_id=requisitions.site.project_id) == [soon.id, late.id]
    assert await listed(project_id=new_id()) == []
    assert await listed(material="0109") == [soon.id, late.id]
    assert await listed(material="04") == []
    assert await listed(cost_code="02-FRAME") == [soon.id]
    assert await listed(needed_from=date(2027, 1, 10)) == [late.id]
    assert await listed(needed_to=date(2026, 12, 14)) == [soon.id]
    assert await listed(needed_from=date(2026, 12, 15), needed_to=date(2027, 1, 9)) == []
    async with procurement.work(organisation(Kind.CONTRACTOR).as_(Role.BUYER)) as work:
        assert (await service.open_lines(work, LineFilter(), PageRequest())).items == []
