"""Rosters as files (花名册): template, check, import with dry run; in clear nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response

from chassis.idempotency import fingerprint
from chassis.identity import Kind, Principal, Role
from chassis.tabular import CSV
from chassis.tabular.templates import CELL, ROW
from labour.workers.commands.workbook import COLUMNS, MOST_ROWS
from tests.harness import Harness, key, organisation
from tests.labour.conftest import Site, resident_id, worker_row
from tests.labour.sheets import (
    book_of,
    faults,
    files_made,
    fill,
    letter_of,
    offered,
    reasons,
    rows_of,
    saved,
    sheet,
    stored_answers,
    upload,
)

PATH = "/labour/v1/workers"
SHORT = ("external_id", "worker_name", "id_card_number", "work_type")
CARD = "6222020200112233445"
serial = iter(range(1, 1_000_000))


def person(**changes: Any) -> dict[str, Any]:
    """A steel fixer as a person fills him in, with what the gates ask for."""
    return {
        "external_id": f"R-{next(serial)}",
        "worker_name": "张伟",
        "id_card_number": resident_id(),
        "work_type": "020",
        "nation": "汉族",
        "address": "广东省深圳市福田区1号",
        "cell_phone": "13800138000",
        "payroll_bank_card_number": CARD,
        "agreement_kind": "劳动合同",
        "agreement_number": "LD-1",
        "agreement_from": "2026/1/1",
        "agreement_to": "2027-12-31",
        "trained_on": "2026年3月1日",
        "training_hours": "50",
        "training_course": "三级安全教育",
        "bank_account_consent_on": "2026-03-01",
        "consent_text_version": "2026-1",
    } | changes


def roster(*people: dict[str, Any]) -> bytes:
    """A workbook with the columns that these rows use."""
    columns = [one for one in COLUMNS if any(one in row for row in people) or one in SHORT]
    return sheet(columns, *[[row.get(one) for one in columns] for row in people])


async def send(site: Site, verb: str, content: bytes, *, who: Principal | None = None, **more: Any) -> Response:
    """Upload a roster."""
    return await upload(site.harness, who or site.clerk, f"{PATH}:{verb}", content, **more)


async def test_a_template_offers_the_codes_in_force_and_comes_back_filled(labour: Harness, site: Site) -> None:
    async with labour.client(site.clerk) as client:
        book = book_of(await client.get(f"{PATH}:template", params={"language": "zh-CN"}))
    page = book.worksheets[0]
    assert [page.cell(1, place).value for place in (1, 2, 4)] == ["外部编号", "工人姓名", "证件号码"]
    choices = {
        name: offered(book, letter_of(page, name)) for name in ("工种编码", "证件类型", "民族", "性别", "合同类型")
    }
    assert {"020 | 钢筋工", "01 | 居民身份证"} <= {*choices["工种编码"], *choices["证件类型"]}
    assert (choices["性别"], choices["合同类型"]) == (["男", "女"], ["劳动合同", "书面用工协议"])
    assert offered(book, letter_of(page, "同意文本版本")) == ["2026-1"]
    assert page.column_dimensions[letter_of(page, "证件号码")].number_format == "@"
    row = person(work_type="020 | 钢筋工", nation=choices["民族"][0], is_team_leader="是", sex="男")
    taken = await send(site, "import", fill(book, row, by=COLUMNS))
    assert (taken.json()["created"], faults(taken)) == (1, []), taken.text
    async with labour.client(site.clerk) as client:
        seen = (await client.get(f"{PATH}/{taken.json()['results'][0]['id']}")).json()
    assert (seen["work_type"], seen["nation"], seen["is_team_leader"], seen["sex"]) == ("020", "汉族", True, "male")
    assert seen["agreement"] == {
        "kind": "labour_contract",
        "number": "LD-1",
        "valid_from": "2026-01-01",
        "valid_to": "2027-12-31",
    }
    assert seen["consent_missing"] == []


async def test_the_english_template(labour: Harness, site: Site) -> None:
    async with labour.client(site.clerk) as client:
        book = book_of(await client.get(f"{PATH}:template", params={"language": "en"}))
    page = book.worksheets[0]
    assert page["A1"].value == "External id"
    assert offered(book, letter_of(page, "Sex")) == ["male", "female"]
    taken = await send(site, "import", fill(book, person(work_type="steel fixer", has_insurance="no"), by=COLUMNS))
    assert taken.json()["created"] == 1, taken.text


async def test_the_file_says_what_the_batch_says(labour: Harness, site: Site) -> None:
    """The same worker by JSON after the file is unchanged: nothing of a row was read otherwise."""
    row = person(
        trade_certificate_number="T-1", trade_certificate_trade="建筑电工", trade_certificate_from="2026-01-01"
    )
    row |= {"trade_certificate_to": "2028-01-01", "health_record_until": "2027-01-01"}
    row |= {"health_record_consent_on": "2026-03-01"}
    await send(site, "import", roster(row))
    consent = {"text_version": "2026-1", "given_on": "2026-03-01"}
    certificate = {"number": "T-1", "trade": "建筑电工", "valid_from": "2026-01-01", "valid_to": "2028-01-01"}
    same = worker_row(
        external_id=row["external_id"],
        id_card_number=row["id_card_number"],
        certificates=[certificate],
        health_record_until="2027-01-01",
        consents=[consent | {"purpose": "bank_account"}, consent | {"purpose": "health_record"}],
    )
    again = await site.post(f"{PATH}:batch", {"workers": [same]}, site.clerk)
    assert again["results"][0]["status"] == "unchanged"


async def test_a_dry_run_writes_nothing_and_says_the_same(labour: Harness, site: Site) -> None:
    standing, changed, new = person(), person(), person()
    await send(site, "import", roster(standing, changed))
    content = roster(standing, changed | {"address": "深圳市南山区"}, new, person(id_card_number="110105194912310021"))
    before = await rows_of(labour)
    dry = await send(site, "import?dry_run=true", content)
    assert await rows_of(labour) == before
    real = await send(site, "import", content)
    assert await rows_of(labour) != before
    statuses = [[one["status"] for one in answer.json()["results"]] for answer in (dry, real)]
    assert statuses == [["unchanged", "updated", "created", "refused"]] * 2
    assert [one["id"] != "" for one in dry.json()["results"]] == [True, True, False, False]
    assert faults(dry) == faults(real) == [("/rows/3/id_card_number", "ID_CHECK_DIGIT")]


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"worker_name": ""}, "worker_name", "MISSING"),
    ({"external_id": "W 1"}, "external_id", "STRING_PATTERN_MISMATCH"),
    ({"id_card_number": "110105194912310021"}, "id_card_number", "ID_CHECK_DIGIT"),
    ({"id_card_number": 110105194912310022}, "id_card_number", "NUMBER_CELL"),
    ({"payroll_bank_card_number": 6222020200112233445}, "payroll_bank_card_number", "NUMBER_CELL"),
    ({"work_type": "厨师"}, "work_type", "CODE_UNKNOWN"),
    ({"work_type": 20}, "work_type", "CODE_UNKNOWN"),
    ({"id_card_type": "护照本"}, "id_card_type", "CODE_UNKNOWN"),
    ({"sex": "女"}, "sex", "ID_SEX_MISMATCH"),
    ({"sex": "雄"}, "sex", "ENUM"),
    ({"is_team_leader": "maybe"}, "is_team_leader", "BOOL_TYPE"),
    ({"birth_date": 46000}, "birth_date", "DATE_PARSING"),
    ({"trained_on": "2026-02-30"}, "trained_on", "DATE_FROM_DATETIME_PARSING"),
    ({"trained_on": "2026-11-24"}, "trained_on", "IN_FUTURE"),
    ({"training_hours": "many"}, "training_hours", "DECIMAL_STRING"),
    ({"training_hours": "0"}, "training_hours", "OUT_OF_RANGE"),
    ({"agreement_to": "2025-01-01"}, "agreement_to", "DATES_BACKWARDS"),
    ({"agreement_kind": ""}, "agreement_kind", "MISSING"),
    ({"trade_certificate_number": "T-1"}, "trade_certificate_trade", "MISSING"),
    ({"bank_account_consent_on": ""}, "payroll_bank_card_number", "CONSENT_MISSING"),
    ({"bank_account_consent_on": "2026-11-30"}, "bank_account_consent_on", "IN_FUTURE"),
    ({"consent_text_version": "1999-1"}, "consent_text_version", "CONSENT_TEXT_NOT_IN_FORCE"),
    ({"consent_text_version": ""}, "consent_text_version", "MISSING"),
    ({"consent_file_id": "0199c0de-0000-7000-8000-000000000001"}, "consent_file_id", "FILE_UNKNOWN"),
    ({"worker_name": "=A1"}, "worker_name", "CELL_WITHOUT_VALUE"),
    ({"health_record_until": "=TODAY()"}, "health_record_until", "CELL_WITHOUT_VALUE"),
]


async def test_every_bad_row_is_named_by_row_column_and_reason_and_the_good_ones_go_in(site: Site) -> None:
    rows = [person(**changes) for changes, _, _ in BAD]
    taken = await send(site, "import", roster(person(), *rows, person()))
    answer = taken.json()
    assert (answer["created"], answer["refused"]) == (2, len(BAD)), taken.text
    found = [(one["errors"][0]["pointer"], one["errors"][0]["code"]) for one in answer["results"][1:-1]]
    assert found == [(f"/rows/{row}/{column}", code) for row, (_, column, code) in enumerate(BAD, start=1)]
    assert all(set(one["details"]) == {"zh-CN", "en"} for row in answer["results"] for one in row["errors"])


async def test_blank_rows_count_and_duplicates_are_named_without_a_wrong_row(site: Site) -> None:
    first = person()
    twin = person(id_card_number=first["id_card_number"])
    content = sheet(SHORT, [], *[[row[one] for one in SHORT] for row in (first, twin)])
    answer = await send(site, "import", content)
    assert [(one["row"], one["status"]) for one in answer.json()["results"]] == [(1, "created"), (2, "refused")]
    assert faults(answer) == [("/rows/2/id_card_number", "DUPLICATE_IN_BATCH")]
    assert "earlier row" in answer.json()["results"][1]["errors"][0]["details"]["en"]


async def test_a_checked_roster_comes_back_marked_and_goes_in_corrected(site: Site) -> None:
    good, bad = person(), person(id_card_number=110105194912310022)
    before = await site.harness.checksum()
    checked = await send(site, "check?language=en", roster(good, bad))
    assert await site.harness.checksum() == before
    book = book_of(checked)
    page = book.worksheets[0]
    assert [reason.partition(":")[0] for reason in reasons(checked)] == ["", "Id card number"]
    place = letter_of(page, "Id card number")
    colours = [page[at].fill.fgColor.rgb for at in (f"{place}2", "A3", f"{place}3")]
    assert colours == ["00000000", ROW.fgColor.rgb, CELL.fgColor.rgb]
    page[f"{place}3"] = resident_id()
    corrected = await send(site, "import", saved(book))
    assert (corrected.json()["created"], faults(corrected)) == (2, []), corrected.text


async def test_csv_too_and_another_kind_not(site: Site) -> None:
    row = person()
    text = "\n".join(",".join(line) for line in (SHORT, [row[one] for one in SHORT]))
    taken = await send(site, "import", text.encode(), media_type=CSV)
    assert taken.json()["created"] == 1, taken.text
    before = await site.harness.checksum()
    refusals = [
        await send(site, "import", b"[]", media_type="application/json"),
        await send(site, "import", sheet(["name"], ["x"])),
        await send(site, "import", b"PK\x03\x04"),
        await send(site, "import", b" " * (4 * 1024 * 1024 + 1), media_type=CSV),
    ]
    assert [(one.status_code, one.json()["code"]) for one in refusals] == [
        (415, "CONTENT_TYPE_UNSUPPORTED"),
        (400, "XLSX_UNREADABLE"),
        (400, "XLSX_UNREADABLE"),
        (413, "BODY_TOO_LARGE"),
    ]
    assert await site.harness.checksum() == before


async def test_five_thousand_rows_and_not_one_more(labour: Harness, site: Site) -> None:
    people = [person() for _ in range(MOST_ROWS)]
    content = roster(*people)
    taken = await send(site, "import", content)
    assert (taken.json()["created"], taken.json()["refused"]) == (MOST_ROWS, 0)
    async with labour.sql() as connection:
        counts = await connection.fetchrow(
            """SELECT count(*) AS workers, (SELECT count(*) FROM consents WHERE employer_id = $1) AS consents
            FROM workers WHERE employer_id = $1""",
            site.subcontractor.id,
        )
    assert tuple(counts) == (MOST_ROWS, MOST_ROWS)
    before = await labour.checksum()
    checked = await send(site, "check", content)
    assert set(reasons(checked)) == {""}
    over = await send(site, "import", roster(*people, person()))
    assert (over.status_code, over.json()["code"]) == (413, "TOO_MANY_ROWS")
    assert await labour.checksum() == before


async def test_no_number_of_a_file_rests_in_clear(labour: Harness, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not on the disk while a sheet is made or read, not in rows, audit or facts, not under the Idempotency-Key."""
    number, card = resident_id("19870714"), "6217000010008877665"
    good, bad = person(id_card_number=number, payroll_bank_card_number=card), person(work_type="x")
    content = roster(good, bad)
    headers = key()
    with files_made(monkeypatch) as made:
        checked = await send(site, "check", content)
        dry = await send(site, "import?dry_run=true", content)
        first = await send(site, "import", content, **headers)
    again = await send(site, "import", content, **headers)
    assert made == []
    assert number in {str(cell.value) for row in book_of(checked).worksheets[0].iter_rows() for cell in row}
    assert first.json()["created"] == 1
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    kept = await rows_of(labour) + await stored_answers(labour) + dry.text + first.text
    assert good["external_id"] in kept
    secrets = [number, card, bad["id_card_number"], bad["payroll_bank_card_number"] + "9", "1987-07-14"]
    assert [one for one in secrets if one in kept] == []
    guess = fingerprint("POST", f"{PATH}:import? ", content)
    async with labour.sql() as connection:
        stored = await connection.fetchval(
            "SELECT fingerprint FROM idempotency_keys WHERE key = $1", headers["Idempotency-Key"]
        )
    assert stored == labour.runtime.clients["vault"].hide(guess) != guess


async def test_who_guesses_numbers_learns_nothing(site: Site) -> None:
    """A person of another employer and one whom nobody knows: the same answers, by dry run, check and import."""
    theirs, nobody = person(), person()
    await send(site, "import", roster(theirs))
    rival = organisation(Kind.LABOUR_SUBCONTRACTOR).as_(Role.LABOUR_CLERK)
    guesses = [theirs | {"external_id": "G-1"}, nobody | {"external_id": "G-2"}]
    content = roster(*guesses)
    checked = await send(site, "check", content, who=rival)
    assert reasons(checked) == ["", ""]
    for verb in ("import?dry_run=true", "import"):
        results = (await send(site, verb, content, who=rival)).json()["results"]
        assert [(one["status"], one["errors"]) for one in results] == [("created", [])] * 2
        assert [one["id"] != "" for one in results] == [verb == "import"] * 2
    external = await send(site, "import?dry_run=true", roster(person(external_id=theirs["external_id"])), who=rival)
    assert external.json()["created"] == 1


async def test_what_stands_with_the_own_employer_is_said(site: Site) -> None:
    mine = person()
    await send(site, "import", roster(mine))
    rows = [person(id_card_number=mine["id_card_number"]), person(external_id=mine["external_id"])]
    for verb in ("import?dry_run=true", "import"):
        answer = await send(site, verb, roster(*rows))
        assert faults(answer) == [
            ("/rows/0/id_card_number", "WORKER_HAS_OTHER_EXTERNAL_ID"),
            ("/rows/1/external_id", "EXTERNAL_ID_TAKEN"),
        ]


@pytest.mark.parametrize("verb", ["check", "import", "import?dry_run=true"])
@pytest.mark.parametrize(
    ("kind", "role"),
    [(Kind.LABOUR_SUBCONTRACTOR, Role.SITE_ENGINEER), (Kind.OWNER, Role.LABOUR_CLERK), (Kind.CONTRACTOR, Role.VIEWER)],
)
async def test_who_may_not_register_may_not_import(site: Site, verb: str, kind: Kind, role: Role) -> None:
    before = await site.harness.checksum()
    refusal = await send(site, verb, roster(person()), who=organisation(kind).as_(role))
    assert (refusal.status_code, refusal.json()["code"]) == (403, "ROLE_MISSING")
    assert await site.harness.checksum() == before
