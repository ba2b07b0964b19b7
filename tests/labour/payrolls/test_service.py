"""A sheet from its workers' signatures to approval, and what may change when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from chassis.identity import Kind, Role
from labour.payrolls.events import APPROVED
from tests.harness import organisation
from tests.labour.conftest import resident_id
from tests.labour.contracting import NAME, PHONE, Contracting, Phone
from tests.labour.wages import Wages
from zhulian.labour.v1.payroll_events_pb2 import PayrollApproved


async def crew_with_phones(wages: Wages, count: int) -> dict[UUID, str]:
    """Workers by the day, each with his identity number."""
    numbers = [resident_id() for _ in range(count)]
    workers = []
    for number in numbers:
        workers += await wages.paid_by_day(1, id_card_number=number, name=NAME, cell_phone=PHONE)
    return dict(zip(workers, numbers, strict=True))


async def test_a_worker_signs_by_link_what_he_has_read(wages: Wages) -> None:
    [(worker, number)] = (await crew_with_phones(wages, 1)).items()
    payroll, lines = await wages.submitted()
    phone = await wages.link(lines[worker], number)
    read = (await phone.get(f"/wages/{lines[worker]['id']}")).json()
    assert (read["net"], [one["amount"] for one in read["items"]]) == ("3200.00", ["3200.00"])
    other = await phone.post(f"/wages/{lines[worker]['id']}:sign", {"sha256": "0" * 64})
    assert other.json()["code"] == "DOCUMENT_CHANGED"
    signed = await phone.post(f"/wages/{lines[worker]['id']}:sign", {"sha256": read["sha256"]})
    assert signed.status_code == 200, signed.text
    assert signed.json()["state"] == "signed"
    [signature] = (await wages.line(lines[worker]))["signatures"]
    assert (signature["method"], signature["edition"], signature["sha256"]) == ("link", 1, read["sha256"])
    again = await phone.post(f"/wages/{lines[worker]['id']}:sign", {"sha256": read["sha256"]})
    assert again.json()["code"] == "LINK_USED"
    assert (await wages.payroll(payroll))["state"] == "submitted"


async def test_a_link_opens_its_own_line_alone(wages: Wages) -> None:
    workers = await crew_with_phones(wages, 2)
    _, lines = await wages.submitted()
    one, two = workers
    phone = await wages.link(lines[one], workers[one])
    for path in (f"/wages/{lines[two]['id']}", f"/slips/{lines[two]['id']}"):
        assert (await phone.get(path)).json()["code"] in ("PAYROLL_LINE_NOT_FOUND", "LINK_PURPOSE")
    before = await wages.harness.checksum()
    answer = await phone.post(f"/wages/{lines[two]['id']}:sign", {"sha256": "0" * 64})
    assert answer.json()["code"] == "PAYROLL_LINE_NOT_FOUND"
    assert await wages.harness.checksum() == before


async def test_a_sheet_changed_after_the_first_signature(wages: Wages) -> None:
    """Every signature is void, can be seen to be, and was of an edition that is no more."""
    workers = await crew_with_phones(wages, 2)
    payroll, lines = await wages.submitted()
    one, two = workers
    phone = await wages.link(lines[two], workers[two])
    read = (await phone.get(f"/wages/{lines[two]['id']}")).json()
    await wages.on_paper(payroll, [lines[one]])
    item = {"line_id": lines[one]["id"], "kind": "bonus", "amount": "100.00"}
    await wages.post(wages.clerk, f"/payrolls/{payroll['id']}/items", {"items": [item], "reason": "漏发奖金"})
    found = await wages.line(lines[one])
    assert (found["state"], found["net"]) == ("offered", "3300.00")
    [void] = found["signatures"]
    assert (void["edition"], void["void_reason"], bool(void["voided_at"])) == (1, "漏发奖金", True)
    assert (await wages.payroll(payroll))["edition"] == 2
    stale = await phone.post(f"/wages/{lines[two]['id']}:sign", {"sha256": read["sha256"]})
    assert stale.json()["code"] == "DOCUMENT_CHANGED"
    await wages.refused(wages.checker, f"/payrolls/{payroll['id']}:check", None, "NOTHING_TO_PAY")


async def test_a_dispute_of_one_line_does_not_stop_the_rest(wages: Wages) -> None:
    """Art 35: the others are approved; the answered line is signed and approved after them."""
    workers = await crew_with_phones(wages, 2)
    payroll, lines = await wages.submitted()
    one, two = workers
    phone = await wages.link(lines[two], workers[two])
    objected = await phone.post(f"/wages/{lines[two]['id']}:object", {"reason": "少记一个工日"})
    assert objected.json()["state"] == "contested"
    await wages.on_paper(payroll, [lines[one]])
    await wages.verb(payroll, "check", wages.checker)
    await wages.verb(payroll, "approve", wages.approver)
    answered = {"answer": "已核对考勤", "adjustment": {"kind": "bonus", "amount": "1.00"}}
    await wages.refused(wages.clerk, f"/payroll-lines/{lines[two]['id']}:answer", answered, "ADJUSTMENT_TOO_LATE")
    await wages.post(wages.clerk, f"/payroll-lines/{lines[two]['id']}:answer", {"answer": "已核对考勤,无误"})
    await wages.on_paper(payroll, [lines[two]])
    done = await wages.verb(payroll, "approve", wages.approver)
    assert {one["state"] for one in (await wages.lines(done)).values()} == {"approved"}
    facts = await wages.harness.events(APPROVED, UUID(payroll["id"]), PayrollApproved)
    assert [(fact.workers, fact.costs[0].amount.amount) for fact in facts] == [(1, "3200.00"), (1, "3200.00")]


async def test_an_objection_that_is_right_changes_that_line_alone(wages: Wages) -> None:
    one, two = await wages.paid_by_day(2)
    payroll, lines = await wages.submitted()
    await wages.on_paper(payroll, [lines[one]])
    await wages.post(wages.clerk, f"/payroll-lines/{lines[two]['id']}:object", {"reason": "未计加班"})
    body = {"answer": "补计", "adjustment": {"kind": "overtime", "amount": "60.00"}}
    answered = await wages.post(wages.clerk, f"/payroll-lines/{lines[two]['id']}:answer", body)
    assert (answered["state"], answered["net"]) == ("offered", "3260.00")
    [objection] = answered["objections"]
    assert (objection["reason"], objection["answer"], objection["adjusted"]) == ("未计加班", "补计", True)
    assert (await wages.lines(payroll))[one]["state"] == "signed"
    assert (await wages.payroll(payroll))["net"] == "6460.00"


async def test_deductions_below_the_minimum_warn_and_below_nothing_are_refused(wages: Wages) -> None:
    [worker] = await wages.paid_by_day(1)
    payroll = await wages.draft()
    [line] = (await wages.lines(payroll)).values()
    place = f"/payrolls/{payroll['id']}/items"
    item = {"line_id": line["id"], "kind": "board_and_lodging", "amount": "900.00"}
    await wages.post(wages.clerk, place, {"items": [item]})
    seen = (await wages.lines(payroll))[worker]
    assert (seen["net"], seen["below_minimum"]) == ("2300.00", True)
    answer = await wages.refused(wages.clerk, place, {"items": [item | {"amount": "2300.01"}]}, "INVALID_ARGUMENT")
    assert [(one["pointer"], one["code"]) for one in answer["errors"]] == [("/items/0/amount", "BELOW_ZERO")]
    wrong = {"items": [item | {"kind": "fine"}, item | {"line_id": payroll["id"]}]}
    answer = await wages.refused(wages.clerk, place, wrong, "INVALID_ARGUMENT")
    assert [one["code"] for one in answer["errors"]] == ["KIND_UNKNOWN", "LINE_UNKNOWN"]


async def test_the_month_is_locked_by_approval(wages: Wages) -> None:
    """Pieces of the month are refused; what is still owed is arrears beside the sheet, which stays as it was."""
    [worker] = await wages.paid_by_day(1)
    payroll, _ = await wages.approved()
    record = {"worker_id": str(worker), "day": "2026-11-05", "unit": "m2", "noted_by": "李强", "quantity": "1"}
    body = {"project_id": str(wages.site.project_id), "records": [record]}
    await wages.refused(wages.clerk, "/piece-records:batch", body, "MONTH_LOCKED")
    october = body | {"records": [record | {"day": "2026-10-30"}]}
    await wages.post(wages.clerk, "/piece-records:batch", october)
    before = await wages.lines(payroll)
    late = {"worker_id": str(worker), "amount": "320.00", "note": "11月12日漏记一个工日"}
    arrears = await wages.post(
        wages.clerk, "/payroll-corrections", {"corrects_id": payroll["id"], "lines": [late]}, status=201
    )
    assert (arrears["run"], arrears["is_back_pay"], arrears["state"]) == ("arrears", True, "draft")
    assert arrears["corrects_id"] == payroll["id"]
    assert await wages.lines(payroll) == before
    await wages.verb(arrears, "submit")
    await wages.on_paper(arrears, (await wages.lines(arrears)).values())
    await wages.verb(arrears, "check", wages.checker)
    assert (await wages.verb(arrears, "approve", wages.approver))["state"] == "approved"


async def test_only_an_approved_sheet_is_corrected(wages: Wages) -> None:
    [worker] = await wages.paid_by_day(1)
    payroll = await wages.draft()
    lines = [{"worker_id": str(worker), "amount": "1.00", "note": "x"}]
    body = {"corrects_id": payroll["id"], "lines": lines}
    await wages.refused(wages.clerk, "/payroll-corrections", body, "PAYROLL_NOT_APPROVED")


async def test_days_that_have_changed_since_the_draft_stop_the_sheet(wages: Wages) -> None:
    """Of a worker on it, and of one who is not on it yet."""
    [worker] = await wages.paid_by_day(1)
    payroll = await wages.draft()
    place = f"/payrolls/{payroll['id']}:submit"
    await wages.worked(worker, [11])
    answer = await wages.refused(wages.clerk, place, None, "DAYS_CHANGED")
    assert answer["metadata"] == {"lines": "1"}
    await wages.worked(worker, [11], "0.00")
    [late] = await wages.crew(1)
    await wages.worked(late, [3])
    await wages.refused(wages.clerk, place, None, "DAYS_CHANGED")


async def test_four_eyes(wages: Wages) -> None:
    await wages.paid_by_day(1)
    payroll, lines = await wages.submitted()
    await wages.on_paper(payroll, lines.values())
    both = wages.site.contractor.as_(Role.PROJECT_MANAGER, Role.APPROVER)
    await wages.verb(payroll, "check", both)
    await wages.refused(both, f"/payrolls/{payroll['id']}:approve", None, "FOUR_EYES")


@pytest.mark.parametrize(("verb", "who"), [("check", "clerk"), ("approve", "clerk"), ("submit", "checker")])
async def test_each_side_does_its_own(wages: Wages, verb: str, who: str) -> None:
    """An employer that is a contractor, too, neither checks nor approves its own sheet."""
    await wages.paid_by_day(1)
    payroll = await wages.draft()
    side = wages.site.subcontractor if who == "clerk" else wages.site.contractor
    member = type(side)(frozenset({Kind.CONTRACTOR}), side.id).as_(*Role)
    await wages.refused(member, f"/payrolls/{payroll['id']}:{verb}", None, "OTHER_SIDE")


async def test_sent_back_every_signature_is_void(wages: Wages) -> None:
    [worker] = await wages.paid_by_day(1)
    payroll, lines = await wages.submitted()
    await wages.on_paper(payroll, lines.values())
    back = await wages.verb(payroll, "send-back", wages.checker, {"reason": "与考勤不符"})
    assert (back["state"], back["edition"], back["reason"]) == ("draft", 2, "与考勤不符")
    found = await wages.line(lines[worker])
    assert (found["state"], found["signatures"][0]["void_reason"]) == ("draft", "与考勤不符")


async def test_a_slip_is_there_after_approval_and_for_its_worker(wages: Wages) -> None:
    [(worker, number)] = (await crew_with_phones(wages, 1)).items()
    payroll, lines = await wages.submitted()
    phone = await (await Contracting(wages.site).self_service(worker, number)).opened()
    assert (await phone.get("/slips")).json()["items"] == []
    assert (await phone.get(f"/slips/{lines[worker]['id']}")).json()["code"] == "PAYROLL_LINE_NOT_FOUND"
    async with wages.harness.client(wages.clerk) as client:
        early = await client.get(f"/labour/v1/payroll-lines/{lines[worker]['id']}/slip")
    assert early.json()["code"] == "SLIP_NOT_READY"
    await wages.on_paper(payroll, lines.values())
    await wages.verb(payroll, "check", wages.checker)
    await wages.verb(payroll, "approve", wages.approver)
    assert [one["net"] for one in (await phone.get("/slips")).json()["items"]] == ["3200.00"]
    assert (await phone.get(f"/slips/{lines[worker]['id']}")).json()["items"][0]["kind"] == "day_wage"


@pytest.mark.parametrize("table", ["payrolls", "payroll_lines", "payroll_items", "payroll_signatures", "payout_rows"])
async def test_the_ledger_is_kept(wages: Wages, table: str) -> None:
    """Art 15: three years at least; the service cannot delete any of it."""
    async with wages.harness.sql() as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"DELETE FROM {table}")


async def test_facts_and_audit_name_no_worker(wages: Wages) -> None:
    await wages.paid_by_day(1, name="欧阳测试")
    payroll, _ = await wages.approved()
    async with wages.harness.sql() as connection:
        told = await connection.fetch("SELECT payload FROM outbox WHERE aggregate_id = $1", UUID(payroll["id"]))
        audited = await connection.fetchval(
            "SELECT string_agg(coalesce(after::text, ''), '') FROM audit WHERE verb LIKE 'payrolls.%'"
        )
    assert told
    assert all("欧阳测试".encode() not in bytes(row["payload"]) for row in told)
    assert "欧阳测试" not in audited


async def test_a_stranger_finds_nothing(wages: Wages) -> None:
    await wages.paid_by_day(1)
    payroll = await wages.draft()
    stranger = organisation(Kind.LABOUR_SUBCONTRACTOR).as_(Role.LABOUR_CLERK)
    await wages.refused(stranger, f"/payrolls/{payroll['id']}:submit", None, "PAYROLL_NOT_FOUND")
    assert (await wages.get(stranger, "/payroll-lines"))["items"] == []


async def test_paper_signatures_are_refused_whole(wages: Wages) -> None:
    await wages.paid_by_day(1)
    payroll, lines = await wages.submitted()
    body: dict[str, Any] = {
        "line_ids": [*(one["id"] for one in lines.values()), payroll["id"]],
        "file_id": await wages.scan(),
        "signed_on": "2026-11-22",
        "reason": "工人没有手机",
    }
    place = f"/payrolls/{payroll['id']}:sign-on-paper"
    answer = await wages.refused(wages.clerk, place, body, "INVALID_ARGUMENT")
    assert [(one["pointer"], one["code"]) for one in answer["errors"]] == [("/line_ids/1", "LINE_UNKNOWN")]
    tomorrow = (wages.harness.clock.now() + timedelta(days=1)).date().isoformat()
    await wages.refused(wages.clerk, place, body | {"signed_on": tomorrow}, "INVALID_ARGUMENT")


async def test_a_link_for_each_line_that_still_needs_its_signature(wages: Wages) -> None:
    """Not for what is signed or contested; earlier links of those lines open nothing any more."""
    workers = await crew_with_phones(wages, 4)
    payroll, lines = await wages.submitted()
    by_link, on_paper, contesting, waiting = workers
    issued = await wages.post(wages.clerk, f"/payroll-lines/{lines[waiting]['id']}:issue-link")
    early = Phone(wages.harness, issued["link"], workers[waiting])
    await wages.on_paper(payroll, [lines[on_paper]])
    await wages.post(wages.clerk, f"/payroll-lines/{lines[contesting]['id']}:object", {"reason": "少记一个工日"})
    answer = await wages.verb(payroll, "issue-links")
    assert set(answer["links"]) == {lines[one]["id"] for one in (by_link, waiting)}
    assert {one["worker_id"] for one in answer["lines"]} == {str(by_link), str(waiting)}
    assert (await early.get(f"/wages/{lines[waiting]['id']}")).json()["code"] == "LINK_REVOKED"
    for worker in (by_link, waiting):
        line = lines[worker]["id"]
        phone = await Phone(wages.harness, answer["links"][line], workers[worker]).opened()
        read = (await phone.get(f"/wages/{line}")).json()
        assert read["worker_id"] == str(worker)
        assert (await phone.post(f"/wages/{line}:sign", {"sha256": read["sha256"]})).status_code == 200
    nobody = await wages.verb(payroll, "issue-links")
    assert (nobody["issued"], nobody["links"]) == (0, {})


async def test_links_are_the_employers_to_issue_while_there_is_something_to_sign(wages: Wages) -> None:
    await wages.paid_by_day(1)
    payroll = await wages.draft()
    path = f"/payrolls/{payroll['id']}:issue-links"
    await wages.refused(wages.clerk, path, None, "INVALID_STATE")
    await wages.verb(payroll, "submit")
    await wages.refused(wages.site.contractor.as_(Role.LABOUR_CLERK), path, None, "OTHER_SIDE")
    await wages.refused(wages.site.stranger.as_(Role.LABOUR_CLERK), path, None, "PAYROLL_NOT_FOUND")
