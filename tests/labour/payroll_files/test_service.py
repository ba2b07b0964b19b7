"""Allowances and deductions as files: template with the sheet's workers, check, import with dry run."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from httpx import Response
from openpyxl import Workbook

from chassis.identity import Principal, Role
from chassis.ids import new_id
from chassis.tabular import CSV
from labour.payroll_files.commands.items import MOST_ROWS, SHOWN
from tests.labour.sheets import book_of, faults, fill, offered, reasons, rows_of, saved, sheet, upload
from tests.labour.wages import BASE, Wages

HEADER = ("line_id", "kind", "amount", "note")


async def blank(wages: Wages, payroll: Any, language: str = "zh-CN") -> Workbook:
    """The template of a sheet."""
    path = f"{BASE}/payrolls/{payroll['id']}/items:template"
    async with wages.harness.client(wages.clerk) as client:
        return book_of(await client.get(path, params={"language": language}))


async def send(
    wages: Wages, payroll: Any, verb: str, content: bytes, *, who: Principal | None = None, **more: Any
) -> Response:
    """Upload a file of items."""
    path = f"{BASE}/payrolls/{payroll['id']}/items:{verb}"
    return await upload(wages.harness, who or wages.clerk, path, content, **more)


def item(line: Any, kind: str = "bonus", amount: Any = "200.00", note: str = "") -> list[Any]:
    """A row in the order of HEADER."""
    return [line["id"], kind, amount, note]


async def test_the_template_names_the_workers_and_comes_back_filled(wages: Wages) -> None:
    one, two = await wages.paid_by_day(2)
    payroll = await wages.draft()
    lines = await wages.lines(payroll)
    book = await blank(wages, payroll)
    page = book.worksheets[0]
    assert [cell.value for cell in page[1]] == ["版本", "行编号", "工人姓名", "净额", "类型", "金额", "备注"]
    assert {"bonus | 奖金", "advance | 预支工资"} <= set(offered(book, "E"))
    given = {str(page.cell(row, 2).value): row for row in (2, 3)}
    assert set(given) == {lines[one]["id"], lines[two]["id"]}
    assert [page[f"{letter}2"].value for letter in "ACD"] == [str(payroll["version"]), "张伟", "3200.00"]
    row = {"kind": "bonus | 奖金", "amount": 200.5, "note": "安全奖"}
    taken = await send(wages, payroll, "import", fill(book, row, by=SHOWN, first=given[lines[one]["id"]]))
    assert taken.status_code == 200, taken.text
    assert (taken.json()["items"], taken.json()["payroll"]["gross"]) == (1, "6600.50")
    assert taken.headers["etag"] == f'"{payroll["version"] + 1}"'
    seen = await wages.lines(payroll)
    assert (seen[one]["net"], seen[two]["net"]) == ("3400.50", "3200.00")
    [wage, bonus] = (await wages.line(seen[one]))["items"]
    assert (wage["kind"], bonus["kind"], bonus["amount"], bonus["note"]) == ("day_wage", "bonus", "200.50", "安全奖")


async def test_a_dry_run_writes_nothing_and_says_the_same(wages: Wages) -> None:
    [worker] = await wages.paid_by_day(1)
    payroll = await wages.draft()
    line = (await wages.lines(payroll))[worker]
    content = sheet(HEADER, item(line), item(line, "advance", "100"))
    before = await rows_of(wages.harness)
    dry = await send(wages, payroll, "import?dry_run=true", content)
    assert await rows_of(wages.harness) == before
    assert (dry.json()["items"], dry.json()["dry_run"], dry.json()["payroll"]["net"]) == (2, True, "3200.00")
    real = await send(wages, payroll, "import", content)
    assert (real.json()["items"], real.json()["dry_run"], real.json()["payroll"]["net"]) == (2, False, "3300.00")


async def test_one_bad_row_keeps_the_whole_file_out_and_each_is_named(wages: Wages) -> None:
    workers = await wages.paid_by_day(2)
    payroll = await wages.draft()
    one, two = [(await wages.lines(payroll))[worker] for worker in workers]
    header = [*HEADER, "worker_name", "version"]
    version = payroll["version"]
    rows = [
        [*item(one), "", version],
        [*item({"id": str(new_id())}), "", version],
        [*item({"id": "x"}), "", version],
        [*item(one, "fine"), "", version],
        [*item(one, "罚款"), "", version],
        [*item(one, amount="-5"), "", version],
        [*item(one, amount="1.005"), "", version],
        [*item(one, amount="=1+1"), "", version],
        [*item(one, amount=None, note="x"), "", version],
        [*item(two, "advance", "3200.01"), "", version],
        [*item(one, note="两笔"), "李四", version],
        [*item(one, note="三笔"), "张伟", "new"],
        [*item(one, note="四笔"), "张伟", version + 1],
        [*item(one), "", version],
    ]
    before = await rows_of(wages.harness)
    for verb in ("import?dry_run=true", "import"):
        refusal = await send(wages, payroll, verb, sheet(header, *rows))
        assert refusal.status_code == 422
        assert faults(refusal) == [
            ("/rows/1/line_id", "LINE_UNKNOWN"),
            ("/rows/2/line_id", "UUID_PARSING"),
            ("/rows/3/kind", "KIND_UNKNOWN"),
            ("/rows/4/kind", "KIND_UNKNOWN"),
            ("/rows/5/amount", "OUT_OF_RANGE"),
            ("/rows/6/amount", "TOO_PRECISE"),
            ("/rows/7/amount", "CELL_WITHOUT_VALUE"),
            ("/rows/8/amount", "MISSING"),
            ("/rows/9/amount", "BELOW_ZERO"),
            ("/rows/10/worker_name", "WORKER_NAME_DIFFERS"),
            ("/rows/11/version", "INT_PARSING"),
            ("/rows/12/version", "VERSION_DIFFERS"),
            ("/rows/13/kind", "DUPLICATE_IN_BATCH"),
        ]
    assert await rows_of(wages.harness) == before


async def test_a_sheet_that_was_changed_meanwhile_is_refused(wages: Wages) -> None:
    """Whoever fills in an old template, sends a file twice, or names an old version in If-Match, changes nothing."""
    [worker] = await wages.paid_by_day(1)
    payroll = await wages.draft()
    line = (await wages.lines(payroll))[worker]
    filled = fill(await blank(wages, payroll), {"kind": "bonus", "amount": "5"}, by=SHOWN)
    assert (await send(wages, payroll, "import", filled)).status_code == 200
    before = await wages.harness.checksum()
    refusals = [await send(wages, payroll, verb, filled) for verb in ("import", "import?dry_run=true", "check")]
    refusals.append(await send(wages, payroll, "import", sheet(HEADER, item(line)), headers={"If-Match": '"1"'}))
    assert [(one.status_code, one.json()["code"]) for one in refusals] == [(412, "VERSION_MISMATCH")] * 4
    assert await wages.harness.checksum() == before
    now = await wages.payroll(payroll)
    good = await send(wages, payroll, "import", sheet(HEADER, item(line)), headers={"If-Match": f'"{now["version"]}"'})
    assert good.status_code == 200, good.text


async def test_after_the_first_signature_every_signature_is_void(wages: Wages) -> None:
    one, two = await wages.paid_by_day(2)
    payroll, lines = await wages.submitted()
    await wages.on_paper(payroll, [lines[one]])
    taken = await send(wages, payroll, "import?reason=漏发奖金", sheet(HEADER, item(lines[two])))
    assert (taken.status_code, taken.json()["payroll"]["edition"]) == (200, 2), taken.text
    [void] = (await wages.line(lines[one]))["signatures"]
    assert (void["void_reason"], bool(void["voided_at"])) == ("漏发奖金", True)


async def test_an_approved_sheet_takes_no_file(wages: Wages) -> None:
    [worker] = await wages.paid_by_day(1)
    payroll, lines = await wages.approved()
    before = await wages.harness.checksum()
    refusals = [
        await send(wages, payroll, verb, sheet(HEADER, item(lines[worker])))
        for verb in ("import", "import?dry_run=true", "check")
    ]
    async with wages.harness.client(wages.clerk) as client:
        refusals.append(await client.get(f"{BASE}/payrolls/{payroll['id']}/items:template"))
    assert [(one.status_code, one.json()["code"]) for one in refusals] == [(409, "INVALID_STATE")] * 4
    assert await wages.harness.checksum() == before


async def test_a_checked_file_comes_back_marked_and_goes_in_corrected(wages: Wages) -> None:
    await wages.paid_by_day(2)
    payroll = await wages.draft()
    rows = [{"kind": "bonus", "amount": "5"}, {"kind": "advance", "amount": "9999"}]
    before = await wages.harness.checksum()
    content = fill(await blank(wages, payroll, "en"), *rows, by=SHOWN)
    checked = await send(wages, payroll, "check?language=en", content)
    assert await wages.harness.checksum() == before
    assert reasons(checked) == ["", "Amount: More is deducted than the wage has."]
    book = book_of(checked)
    header = [cell.value for cell in book.worksheets[0][1]]
    book.worksheets[0].cell(3, header.index("Amount") + 1, "99.99")
    corrected = await send(wages, payroll, "import", saved(book))
    assert (corrected.status_code, corrected.json()["items"]) == (200, 2), corrected.text


async def test_an_untouched_template_adds_nothing(wages: Wages) -> None:
    await wages.paid_by_day(1)
    payroll = await wages.draft()
    content = saved(await blank(wages, payroll))
    refusal = await send(wages, payroll, "import", content)
    assert (refusal.status_code, faults(refusal)) == (422, [("/rows", "NO_ROWS")])
    assert reasons(await send(wages, payroll, "check", content)) == [""]


async def test_anothers_sheet_is_not_there_and_the_payer_does_not_fill_it(wages: Wages) -> None:
    [worker] = await wages.paid_by_day(1)
    payroll = await wages.draft()
    content = sheet(HEADER, item((await wages.lines(payroll))[worker]))
    before = await wages.harness.checksum()
    stranger, payer = (one.as_(Role.LABOUR_CLERK) for one in (wages.site.stranger, wages.site.contractor))
    for who, status, code in (
        (stranger, (403, 404), ("ROLE_MISSING", "PAYROLL_NOT_FOUND")),
        (payer, (403,), ("OTHER_SIDE",)),
    ):
        async with wages.harness.client(who) as client:
            answers = [await client.get(f"{BASE}/payrolls/{payroll['id']}/items:template")]
        answers += [await send(wages, payroll, verb, content, who=who) for verb in ("check", "import")]
        assert {one.status_code in status and one.json()["code"] in code for one in answers} == {True}
    assert await wages.harness.checksum() == before


async def test_csv_too_and_another_kind_not(wages: Wages) -> None:
    [worker] = await wages.paid_by_day(1)
    payroll = await wages.draft()
    line = (await wages.lines(payroll))[worker]
    text = "\n".join(",".join(row) for row in (HEADER, item(line)))
    taken = await send(wages, payroll, "import", text.encode(), media_type=CSV)
    assert taken.json()["items"] == 1, taken.text
    before = await wages.harness.checksum()
    many = "\n".join(["line_id,kind,amount", *[f"{line['id']},bonus,1"] * (MOST_ROWS + 1)])
    refusals = [
        await send(wages, payroll, "import", b"[]", media_type="application/json"),
        await send(wages, payroll, "import", sheet(["kind"], ["x"])),
        await send(wages, payroll, "import", b" " * (2 * 1024 * 1024 + 1), media_type=CSV),
        await send(wages, payroll, "import", many.encode(), media_type=CSV),
    ]
    assert [(one.status_code, one.json()["code"]) for one in refusals] == [
        (415, "CONTENT_TYPE_UNSUPPORTED"),
        (400, "XLSX_UNREADABLE"),
        (413, "BODY_TOO_LARGE"),
        (413, "TOO_MANY_ROWS"),
    ]
    assert await wages.harness.checksum() == before


async def test_a_bonus_for_each_of_five_thousand(wages: Wages) -> None:
    """Lines as drafting writes them, put there directly: what is tried is the file."""
    [worker] = await wages.paid_by_day(1)
    payroll = await wages.draft()
    async with wages.harness.sql() as connection:
        crew = [new_id() for _ in range(4999)], [new_id() for _ in range(4999)]
        await connection.execute(
            """INSERT INTO payroll_lines SELECT (jsonb_populate_record(l, jsonb_build_object(
              'id', crew.line_id, 'worker_id', crew.worker_id))).*
            FROM payroll_lines l, unnest($2::uuid[], $3::uuid[]) AS crew (line_id, worker_id)
            WHERE l.payroll_id = $1""",
            UUID(payroll["id"]),
            *crew,
        )
        await connection.execute(
            """INSERT INTO payroll_items SELECT (jsonb_populate_record(i, jsonb_build_object(
              'id', uuidv7(), 'line_id', crew.line_id))).*
            FROM payroll_items i JOIN payroll_lines l ON l.id = i.line_id, unnest($3::uuid[]) AS crew (line_id)
            WHERE l.payroll_id = $1 AND l.worker_id = $2""",
            UUID(payroll["id"]),
            worker,
            crew[0],
        )
    book = await blank(wages, payroll)
    rows = [{"kind": "bonus", "amount": "10.00"}] * 5000
    taken = await send(wages, payroll, "import", fill(book, *rows, by=SHOWN))
    assert taken.status_code == 200, taken.text
    assert (taken.json()["items"], taken.json()["payroll"]["workers"]) == (5000, 5000)
    assert taken.json()["payroll"]["net"] == "16050000.00"
