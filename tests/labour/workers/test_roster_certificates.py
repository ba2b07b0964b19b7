"""Several certificates in a row of a roster (花名册): a crane operator who is a signaller, too."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response

from chassis.tabular import CSV
from chassis.tabular.headings import heading
from chassis.tabular.templates import CELL, ROW
from labour.workers.commands.workbook import CERTIFICATE, COLUMNS, GROUPS
from tests.harness import Harness, key
from tests.labour.conftest import Site, resident_id, worker_row
from tests.labour.sheets import book_of, faults, fill, letter_of, offered, reasons, rows_of, saved, sheet, upload

PATH = "/labour/v1/workers"
CRANE, SIGNALS, WIRES = ("T-1", "建筑起重机械司机"), ("T-2", "建筑起重信号司索工"), ("T-3", "建筑电工")
OLD_HEADINGS = (
    "外部编号",
    "工人姓名",
    "证件号码",
    "工种编码",
    "特种作业证号",
    "特种作业工种",
    "证书起始日期",
    "证书截止日期",
)


def certificate(group: str, number: str, trade: str, until: str = "2028-01-01") -> dict[str, Any]:
    """The cells of one group of columns."""
    values = (number, trade, "2026-01-01", until)
    return {f"{column}{group}": value for column, value in zip(CERTIFICATE, values, strict=True)}


def person(*certificates: dict[str, Any]) -> dict[str, Any]:
    """A worker with these groups of columns."""
    number = resident_id()
    row: dict[str, Any] = {
        "external_id": f"C-{number}",
        "worker_name": "张伟",
        "id_card_number": number,
        "work_type": "020",
    }
    for one in certificates:
        row |= one
    return row


def roster(*people: dict[str, Any]) -> bytes:
    """A workbook with the columns that these rows use."""
    columns = [one for one in COLUMNS if any(one in row for row in people)]
    return sheet(columns, *[[row.get(one) for one in columns] for row in people])


async def send(site: Site, verb: str, content: bytes, **more: Any) -> Response:
    """Upload a roster."""
    return await upload(site.harness, site.clerk, f"{PATH}:{verb}", content, **more)


async def on_record(site: Site, taken: Response) -> list[dict[str, Any]]:
    """The certificates of the workers that were just taken, by number."""
    async with site.harness.client(site.clerk) as client:
        pages = [
            (await client.get(f"{PATH}/{one['id']}/certificates")).json()["items"] for one in taken.json()["results"]
        ]
    return sorted((one for page in pages for one in page), key=lambda one: str(one["number"]))


async def test_the_template_has_room_for_three_and_they_come_back(labour: Harness, site: Site) -> None:
    """With drop-downs in each group; one that is left empty between two others is no gap."""
    async with labour.client(site.clerk) as client:
        book = book_of(await client.get(f"{PATH}:template", params={"language": "zh-CN"}))
    page = book.worksheets[0]
    letters = [letter_of(page, f"特种作业工种{number}") for number in ("", "2", "3")]
    choices = [offered(book, letter) for letter in letters]
    assert choices[0] == choices[1] == choices[2]
    assert {trade for _, trade in (CRANE, SIGNALS, WIRES)} <= {one.partition(" | ")[0] for one in choices[0]}
    row = person(certificate("", *CRANE), certificate("_3", SIGNALS[0], choices[0][0], "2029-06-30"))
    taken = await send(site, "import", fill(book, row, by=COLUMNS))
    assert (taken.json()["created"], faults(taken)) == (1, []), taken.text
    seen = [(one["number"], one["trade"], one["valid_to"], one["status"]) for one in await on_record(site, taken)]
    first = choices[0][0].partition(" | ")[0]
    assert seen == [("T-1", CRANE[1], "2028-01-01", "1"), ("T-2", first, "2029-06-30", "1")]


async def test_three_in_a_row_say_what_the_batch_says(site: Site) -> None:
    """The same worker by JSON after the file is unchanged: nothing was read otherwise, and in the order of the row."""
    row = person(*[certificate(group, *one) for group, one in zip(GROUPS, (CRANE, SIGNALS, WIRES), strict=True)])
    assert (await send(site, "import", roster(row))).json()["created"] == 1
    terms = {"valid_from": "2026-01-01", "valid_to": "2028-01-01"}
    given = [{"number": number, "trade": trade} | terms for number, trade in (CRANE, SIGNALS, WIRES)]
    same = {name: row[name] for name in ("external_id", "id_card_number", "work_type")}
    same |= {"name": row["worker_name"], "certificates": given}
    again = await site.post(f"{PATH}:batch", {"workers": [same]}, site.clerk)
    assert again["results"][0]["status"] == "unchanged"


@pytest.mark.parametrize("media_type", [None, CSV])
async def test_a_file_with_the_headings_of_before_goes_in(site: Site, media_type: str | None) -> None:
    row = person(certificate("", *CRANE))
    cells = [row[one] for one in COLUMNS if one in row]
    content = sheet(OLD_HEADINGS, cells)
    if media_type:
        content = "\n".join(",".join(line) for line in (OLD_HEADINGS, cells)).encode()
    taken = await send(site, "import", content, **({"media_type": media_type} if media_type else {}))
    assert taken.json()["created"] == 1, taken.text
    assert [one["number"] for one in await on_record(site, taken)] == ["T-1"]


async def test_a_renewed_and_a_new_one_come_beside_what_is_on_record(site: Site) -> None:
    """A row names what it brings: what it does not name stays, a number that is there is brought up to date."""
    row = person(certificate("", *CRANE), certificate("_2", *SIGNALS))
    await send(site, "import", roster(row))
    kept = {name: value for name, value in row.items() if not name.startswith("trade_certificate")}
    later = kept | certificate("", SIGNALS[0], SIGNALS[1], "2030-01-01") | certificate("_2", *WIRES)
    taken = await send(site, "import", roster(later))
    assert taken.json()["updated"] == 1, taken.text
    seen = [(one["number"], one["valid_to"], one["version"]) for one in await on_record(site, taken)]
    assert seen == [("T-1", "2028-01-01", 1), ("T-2", "2030-01-01", 2), ("T-3", "2028-01-01", 1)]


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"trade_certificate_number{}": ""}, "trade_certificate_number{}", "MISSING"),
    ({"trade_certificate_number{}": 4403002026000015}, "trade_certificate_number{}", "NUMBER_CELL"),
    ({"trade_certificate_number{}": "T 9"}, "trade_certificate_number{}", "STRING_PATTERN_MISMATCH"),
    ({"trade_certificate_trade{}": "厨师"}, "trade_certificate_trade{}", "CODE_UNKNOWN"),
    ({"trade_certificate_from{}": "2026-02-30"}, "trade_certificate_from{}", "DATE_FROM_DATETIME_PARSING"),
    ({"trade_certificate_to{}": 46000}, "trade_certificate_to{}", "DATE_PARSING"),
    ({"trade_certificate_to{}": "2025-01-01"}, "trade_certificate_to{}", "DATES_BACKWARDS"),
    ({"trade_certificate_to{}": "=TODAY()"}, "trade_certificate_to{}", "CELL_WITHOUT_VALUE"),
]


@pytest.mark.parametrize("group", GROUPS)
async def test_a_fault_is_at_its_own_group_and_column(site: Site, group: str) -> None:
    """Of three groups the others are good: a fault of one is not shown at another."""
    rows = []
    for changes, _, _ in BAD:
        three = zip(GROUPS, (CRANE, SIGNALS, WIRES), strict=True)
        row = person(*[certificate(name, *one) for name, one in three])
        rows.append(row | {column.format(group): value for column, value in changes.items()})
    taken = await send(site, "import", roster(*rows))
    expected = [(f"/rows/{row}/{column.format(group)}", code) for row, (_, column, code) in enumerate(BAD)]
    assert faults(taken) == expected


async def test_a_fault_behind_an_empty_group_is_at_its_own_column(site: Site) -> None:
    row = person(certificate("_3", *WIRES, "2025-01-01"))
    assert faults(await send(site, "import", roster(row))) == [("/rows/0/trade_certificate_to_3", "DATES_BACKWARDS")]


async def test_a_number_twice_is_refused_at_the_second_by_every_door(site: Site) -> None:
    """A worker has a number once on record: one of the two would be lost without a word."""
    row = person(certificate("", *CRANE), certificate("_3", CRANE[0], WIRES[1]))
    before = await rows_of(site.harness)
    for verb in ("import?dry_run=true", "import"):
        assert faults(await send(site, verb, roster(row))) == [
            ("/rows/0/trade_certificate_number_3", "CERTIFICATE_TWICE")
        ]
    terms = {"number": "T-1", "trade": WIRES[1], "valid_from": "2026-01-01", "valid_to": "2028-01-01"}
    twice = worker_row(certificates=[terms, terms | {"trade": CRANE[1]}])
    async with site.harness.client(site.clerk) as client:
        batch = await client.post(f"{PATH}:batch", json={"workers": [twice]}, headers=key())
        one = await client.post(PATH, json=twice, headers=key())
    assert faults(batch) == [("/workers/0/certificates/1/number", "CERTIFICATE_TWICE")]
    assert (one.status_code, faults(one)) == (422, [("/certificates/1/number", "CERTIFICATE_TWICE")])
    assert await rows_of(site.harness) == before


async def test_a_checked_file_is_marked_in_the_group_that_is_wrong(site: Site) -> None:
    row = person(certificate("", *CRANE), certificate("_2", SIGNALS[0], "吊车"))
    checked = await send(site, "check?language=zh-CN", roster(row))
    book = book_of(checked)
    page = book.worksheets[0]
    column = heading(("trade_certificate_trade_2",), "zh-CN")
    assert [reason.partition(":")[0] for reason in reasons(checked)] == [column] == ["特种作业工种2"]
    colours = [page[f"{letter_of(page, name)}2"].fill.fgColor.rgb for name in ("特种作业工种", column)]
    assert colours == [ROW.fgColor.rgb, CELL.fgColor.rgb]
    page[f"{letter_of(page, column)}2"] = SIGNALS[1]
    corrected = await send(site, "import", saved(book))
    assert corrected.json()["created"] == 1, corrected.text
    assert [one["trade"] for one in await on_record(site, corrected)] == [CRANE[1], SIGNALS[1]]
