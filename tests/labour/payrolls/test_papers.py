"""The wage sheet and the slip on paper: what stands on them and what does not, and that taking them is recorded."""

from __future__ import annotations

import io
import re
from typing import Any
from uuid import UUID

import httpx
from pypdf import PdfReader

from chassis.identity import Principal, Role
from labour.payrolls import rules
from tests.labour.conftest import resident_id
from tests.labour.contracting import NAME, PHONE, Contracting
from tests.labour.papers import pages, text
from tests.labour.wages import CARD, Wages

RARE = "㛃𬎆"


async def taken(wages: Wages, who: Principal, path: str, **query: Any) -> httpx.Response:
    """A paper, asked for by somebody."""
    async with wages.harness.client(who, language="zh-CN") as client:
        return await client.get(f"/labour/v1{path}", params=query)


async def printed(wages: Wages, path: str, **query: Any) -> str:
    """The text of a paper that the clerk takes."""
    answer = await taken(wages, wages.clerk, path, **query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
    return text(answer.content)


async def test_a_sheet_has_what_the_regulation_asks_for(wages: Wages) -> None:
    """Art 15: name, number, trade, days and hours, rate, items, deductions with reasons, net, card, signature."""
    number = resident_id()
    [worker] = await wages.paid_by_day(1, days=22, id_card_number=number, name=RARE)
    payroll = await wages.draft()
    line = (await wages.lines(payroll))[worker]
    items = [
        {"line_id": line["id"], "kind": "bonus", "amount": "200.00", "note": "封顶奖"},
        {"line_id": line["id"], "kind": "advance", "amount": "500.00", "note": "11月5日预支"},
    ]
    await wages.post(wages.clerk, f"/payrolls/{payroll['id']}/items", {"items": items})
    await wages.verb(payroll, "submit")
    found = await printed(wages, f"/payrolls/{payroll['id']}/document")
    for wanted in (
        *("农民工工资表", RARE, f"4403**********{number[-4:]}", "钢筋工", "22.00", "176.00", "工人签字", "劳资专管员"),
        *("计日22×320.00", "奖金200.00(封顶奖)", "预支工资500.00(11月5日预支)", "7,240.00", "500.00", "6,740.00"),
        *("6222***********3445", "陆仟柒佰肆拾元整", "2026-11", "P-1示范项目", "第1版", "当月工资"),
    ):
        assert wanted in found, (wanted, found)
    assert number not in found
    assert CARD not in found
    assert "草稿" not in found


async def test_a_signed_line_says_how_and_an_unsigned_one_leaves_room(wages: Wages) -> None:
    numbers = [resident_id() for _ in range(3)]
    workers = []
    for one in numbers:
        workers += await wages.paid_by_day(1, id_card_number=one, name=NAME, cell_phone=PHONE)
    payroll, lines = await wages.submitted()
    path = f"/payrolls/{payroll['id']}/document"
    assert "链接签字2" not in await printed(wages, path)
    phone = await wages.link(lines[workers[0]], numbers[0])
    digest = (await phone.get(f"/wages/{lines[workers[0]]['id']}")).json()["sha256"]
    assert (await phone.post(f"/wages/{lines[workers[0]]['id']}:sign", {"sha256": digest})).status_code == 200
    await wages.on_paper(payroll, [lines[workers[1]]])
    found = await printed(wages, path)
    on_paper = (await wages.line(lines[workers[1]]))["signatures"][0]["sha256"][:16]
    assert found.count("链接签字2026-11-2") == 1
    assert f"摘要{digest[:16]}" in found
    assert f"纸质签字2026-11-22扫描件已存档摘要{on_paper}" in found
    assert f"hash{digest[:16]}" in await printed(wages, path, language="en")


async def test_a_void_signature_is_not_printed_and_the_edition_is_another(wages: Wages) -> None:
    [worker] = await wages.paid_by_day(1)
    payroll, lines = await wages.submitted()
    path = f"/payrolls/{payroll['id']}/document"
    await wages.on_paper(payroll, lines.values())
    before = await printed(wages, path)
    item = {"line_id": lines[worker]["id"], "kind": "bonus", "amount": "100.00"}
    await wages.post(wages.clerk, f"/payrolls/{payroll['id']}/items", {"items": [item], "reason": "漏发奖金"})
    after = await printed(wages, path)
    assert ("纸质签字" in before, "纸质签字2" in after) == (True, False)
    assert ("第1版" in before, "第2版" in after) == (True, True)
    digests = [found.split("SHA-256")[1][:64] for found in (before, after)]
    assert digests[0] != digests[1]
    line = (await wages.line(lines[worker]))["sha256"]
    assert digests[1] == rules.sheet_hash(UUID(payroll["id"]), 2, [line])


async def test_a_draft_and_a_cancelled_sheet_are_marked_and_one_that_is_being_drafted_is_refused(wages: Wages) -> None:
    await wages.paid_by_day(1)
    begun = await wages.begun()
    path = f"/payrolls/{begun['id']}/document"
    before = await wages.harness.checksum()
    assert (await taken(wages, wages.clerk, path)).json()["code"] == "PAYROLL_DRAFTING"
    assert await wages.harness.checksum() == before
    payroll = await wages.fill(begun)
    assert "草稿" in await printed(wages, path)
    await wages.verb(payroll, "cancel", None, {"reason": "重编"})
    assert "CANCELLED" in await printed(wages, path, language="en")


async def test_the_payee_in_force_stands_beside_the_sign(wages: Wages) -> None:
    """Wages that go to another card: that one is printed, masked, with its holder."""
    [worker] = await wages.paid_by_day(1)
    payroll, lines = await wages.approved()
    body = {"line_id": lines[worker]["id"], "name": "李梅", "card": "6222020200119988776", "reason": "挂失"}
    payee = await wages.post(wages.clerk, "/payees", body | {"file_id": await wages.scan()}, status=201)
    path = f"/payrolls/{payroll['id']}/document"
    assert "6222***********3445" in await printed(wages, path)
    await wages.post(wages.approver, f"/payees/{payee['id']}:confirm")
    found = await printed(wages, path)
    assert "6222***********8776收款人李梅" in found
    assert "3445" not in found


async def test_who_takes_a_sheet_is_recorded_for_each_worker(wages: Wages) -> None:
    """As for an export; who may not see it leaves nothing behind."""
    workers = await wages.paid_by_day(2)
    payroll, _ = await wages.submitted()
    path = f"/payrolls/{payroll['id']}/document"
    before = await wages.harness.checksum()
    assert (await taken(wages, wages.site.stranger.as_(Role.VIEWER), path)).status_code == 404
    assert (await taken(wages, wages.site.owner.as_(Role.VIEWER), path)).status_code == 403
    assert await wages.harness.checksum() == before
    assert (await taken(wages, wages.checker, path)).status_code == 200
    for worker in workers:
        found = await accesses(wages, worker)
        assert found == [(str(wages.site.contractor.id), "export", "工资表 wage sheet 2026-11")]


async def accesses(wages: Wages, worker: UUID) -> list[tuple[str, str, str]]:
    """Who had a worker's data, as he can see it."""
    officer = wages.site.subcontractor.as_(Role.PERSONAL_DATA_OFFICER)
    found = (await wages.get(officer, f"/workers/{worker}/accesses"))["items"]
    return [(one["organisation_id"], one["kind"], one["purpose"]) for one in found]


async def test_a_slip_on_paper_comes_after_approval_and_for_its_worker(wages: Wages) -> None:
    number = resident_id()
    [worker] = await wages.paid_by_day(1, id_card_number=number, name=NAME, cell_phone=PHONE)
    _, lines = await wages.submitted()
    payroll, line = await wages.payroll({"id": lines[worker]["payroll_id"]}), lines[worker]["id"]
    phone = await (await Contracting(wages.site).self_service(worker, number)).opened()
    path, mine = f"/payroll-lines/{line}/slip/document", f"/slips/{line}/document"
    assert (await taken(wages, wages.clerk, path)).json()["code"] == "SLIP_NOT_READY"
    assert (await phone.get(mine)).json()["code"] == "PAYROLL_LINE_NOT_FOUND"
    assert await accesses(wages, worker) == []
    await wages.on_paper(payroll, lines.values())
    await wages.verb(payroll, "check", wages.checker)
    await wages.verb(payroll, "approve", wages.approver)
    own = await phone.get(mine, language="zh-CN")
    assert await accesses(wages, worker) == [], "a worker's look at his own slip is no access of anybody's"
    for found in (text(own.content), await printed(wages, path)):
        for wanted in (
            "工资条",
            NAME,
            "计日",
            "3,200.00",
            "叁仟贰佰元整",
            "纸质签字2026-11-22",
            f"4403**********{number[-4:]}",
        ):
            assert wanted in found, wanted
        assert number not in found
        assert CARD not in found
        assert (await wages.line(lines[worker]))["sha256"] in found
    assert "Payslip" in text((await phone.get(mine, language="en")).content)
    assert await accesses(wages, worker) == [(str(wages.site.subcontractor.id), "export", "工资条 pay slip 2026-11")]


async def test_a_correction_says_what_it_is(wages: Wages) -> None:
    [worker] = await wages.paid_by_day(1)
    payroll, _ = await wages.approved()
    extra = {"worker_id": str(worker), "amount": "320.00", "note": "11月12日漏记一个工日"}
    made = await wages.post(
        wages.clerk, "/payroll-corrections", {"corrects_id": payroll["id"], "lines": [extra]}, status=201
    )
    found = await printed(wages, f"/payrolls/{made['id']}/document")
    assert all(wanted in found for wanted in ("类别：补发", "补发1×320.00(11月12日漏记一个工日)", "叁佰贰拾元整"))


async def test_5000_lines_are_printed_and_each_page_has_its_heading(wages: Wages) -> None:
    """Beside the service, in a process of its own; a page goes on where the one before ended."""
    [worker] = await wages.crew(1)
    await wages.terms(worker)
    await wages.worked(worker, range(1, 11))
    async with wages.harness.sql() as connection:
        await connection.execute("UPDATE workers SET name = '工人#1号' WHERE id = $1", worker)
    payroll = await wages.draft()
    async with wages.harness.sql() as connection:  # as many workers as nobody registers in a test
        await connection.execute(MANY, UUID(payroll["id"]), worker)
    answer = await taken(wages, wages.clerk, f"/payrolls/{payroll['id']}/document")
    assert answer.status_code == 200, answer.text
    count = len(PdfReader(io.BytesIO(answer.content)).pages)
    found = pages(answer.content, 0, 1, count // 2, count // 2 + 1, count - 2, count - 1)
    assert all("工人签字" in page and "第1版" in page and "SHA-256" in page for page in found)
    assert all(f"共{count}页" in page for page in found)
    workers = [[int(one) for one in re.findall(r"工人#(\d+)号", page)] for page in found]
    assert all(one == list(range(one[0], one[-1] + 1)) for one in workers)
    assert [workers[0][0], workers[1][0], workers[3][0], workers[5][0]] == [
        *(1, workers[0][-1] + 1, workers[2][-1] + 1, workers[4][-1] + 1)
    ]
    assert workers[5][-1] == 5_000
    assert "16,000,000.00" in found[5]
    assert "壹仟陆佰万元整" in found[5]


MANY = """
WITH numbered AS (SELECT i, uuidv7() AS worker, uuidv7() AS line FROM generate_series(2, 5000) i),
workers_made AS (
  INSERT INTO workers SELECT (jsonb_populate_record(w, jsonb_build_object(
    'id', n.worker, 'person_id', n.worker, 'external_id', 'N-' || n.worker, 'payroll_bank_card', ''))).*
  FROM numbered n, workers w WHERE w.id = $2 RETURNING id),
people_made AS (
  INSERT INTO people SELECT n.worker, p.id_card_type, sha256(n.worker::text::bytea), '', p.created_at
  FROM numbered n, people p JOIN workers w ON w.person_id = p.id WHERE w.id = $2),
lines_made AS (
  INSERT INTO payroll_lines SELECT (jsonb_populate_record(l, jsonb_build_object(
    'id', n.line, 'worker_id', n.worker, 'worker_name', '工人#' || n.i || '号'))).*
  FROM numbered n, payroll_lines l WHERE l.payroll_id = $1)
INSERT INTO payroll_items SELECT uuidv7(), n.line, i.kind, i.direction, i.contract_id, i.quantity, i.rate, i.amount,
  i.note, i.added_by
FROM numbered n, payroll_items i JOIN payroll_lines l ON l.id = i.line_id WHERE l.payroll_id = $1
"""
