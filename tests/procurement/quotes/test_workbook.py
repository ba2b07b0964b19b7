"""Quotes as workbooks: the inquiry's lines to fill in, sealed like any quote, in clear nowhere."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response
from openpyxl import load_workbook

from chassis.idempotency import fingerprint
from chassis.identity import Kind, Principal, Role
from chassis.tabular import CSV, XLSX
from chassis.tabular.headings import heading
from chassis.tabular.templates import CELL
from chassis.tabular.templates import GIVEN as GREY
from procurement.quotes.commands.workbook import COLUMNS, GIVEN
from tests.harness import key
from tests.procurement.buying import API, SQUARE, Buying
from tests.procurement.quotes.test_service import _dump

LETTERS = dict(zip(COLUMNS, "ABCDEFGHIJKLM", strict=True))
OFFER = {
    "unit_price": "8193.57",
    "tax_percent": "13%",
    "delivery_on": "2026/12/15",
    "note": "含卸车",
    "freight": "8120.57",
    "valid_until": "2027-01-31",
}


@pytest.fixture(autouse=True)
def at_noon(noon: None) -> None:
    """The rows name days."""


async def template(buying: Buying, sourcing: dict[str, Any], **query: str) -> Any:
    async with buying.harness.client(buying.sales(0)) as client:
        answer = await client.get(f"{API}/quotes:template", params={"sourcing_id": sourcing["id"]} | query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    return load_workbook(io.BytesIO(answer.content))


async def filled(buying: Buying, sourcing: dict[str, Any], *offers: dict[str, str]) -> bytes:
    """The template with these cells in its rows."""
    book = await template(buying, sourcing)
    for number, offer in enumerate(offers, start=2):
        for column, text in offer.items():
            book.worksheets[0][f"{LETTERS[column]}{number}"] = text
    return saved(book)


def saved(book: Any) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


async def post(
    buying: Buying, verb: str, sourcing: dict[str, Any], content: bytes, who: Principal | None = None, **query: str
) -> Response:
    async with buying.harness.client(who or buying.sales(0)) as client:
        return await client.post(
            f"{API}/quotes:{verb}",
            content=content,
            headers=key() | {"Content-Type": XLSX},
            params={"sourcing_id": sourcing["id"]} | query,
        )


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_template_has_the_lines_in_grey_and_room_for_the_offer(buying: Buying, language: str) -> None:
    sourcing = await buying.published()
    book = await template(buying, sourcing, language=language)
    sheet, lists = book.worksheets
    assert [cell.value for cell in sheet[1]] == [heading((name,), language) for name in COLUMNS]
    name = "round bar" if language == "en" else "圆钢"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows == [
        [str(position), "01090001", name, "HPB300 φ8", "t", quantity, *[None] * 7]
        for position, quantity in ((1, "10.000000"), (2, "4.000000"))
    ]
    grey = {cell.column_letter for cell in sheet[2] if cell.fill.fgColor.rgb == GREY.fgColor.rgb}
    assert grey == {LETTERS[one] for one in GIVEN}
    [offered] = sheet.data_validations.dataValidation
    assert str(offered.sqref) == "J2:J3"
    assert any(str(cell.value).startswith(SQUARE) for cell in lists["A"])


async def test_a_filled_in_file_is_a_sealed_quote(buying: Buying) -> None:
    """One line with another material, one not quoted; days and percents as people type them."""
    async with buying.harness.sql() as connection:
        await connection.execute(
            "INSERT INTO material_units (id, material_code, unit) VALUES (gen_random_uuid(), $1, 't')"
            " ON CONFLICT DO NOTHING",
            SQUARE,
        )
    sourcing = await buying.published()
    content = await filled(buying, sourcing, OFFER | {"alternative_code": f"{SQUARE} | 方钢"})
    rehearsed = await post(buying, "import", sourcing, content, dry_run="true")
    assert rehearsed.json() == {"dry_run": True, "receipt": None}
    assert (await buying.get(buying.sales(0), f"/quotes?sourcing_id={sourcing['id']}"))["items"] == []
    receipts = [(await post(buying, "import", sourcing, content)).json()["receipt"] for _ in range(2)]
    assert [one["version"] for one in receipts] == [1, 2]
    read = (await buying.get(buying.sales(0), f"/quotes/{receipts[1]['id']}"))["content"]
    [line] = read["lines"]
    assert (read["freight"], read["valid_until"]) == ("8120.57", "2027-01-31")
    assert line == {
        "line_id": sourcing["lines"][0]["id"],
        "material_code": SQUARE,
        "unit_price": "8193.570000",
        "tax_percent": "13.00",
        "delivery_on": "2026-12-15",
        "note": "含卸车",
    }


async def test_no_price_of_a_file_rests_in_clear(buying: Buying, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rehearsed, refused, checked and handed in: no row of any table and no file has it, nor fits a guess of it."""
    sourcing = await buying.published()
    content = await filled(buying, sourcing, OFFER, {"unit_price": "8194.57"})

    made: list[str] = []

    def watched(name: str) -> Callable[..., object]:
        real = getattr(tempfile, name)

        def make(*args: object, **options: object) -> object:
            made.append(name)
            return real(*args, **options)

        return make

    with monkeypatch.context() as patched:
        for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp"):
            patched.setattr(tempfile, name, watched(name))
        patched.setattr("openpyxl.worksheet._writer.NamedTemporaryFile", watched("NamedTemporaryFile"))
        checked = await post(buying, "check", sourcing, content)
        refused = await post(buying, "import", sourcing, content)
    assert made == []
    assert (checked.status_code, refused.status_code) == (200, 422)
    assert load_workbook(io.BytesIO(checked.content)).worksheets[0]["G2"].value == "8193.57"
    good = await filled(buying, sourcing, OFFER)
    await post(buying, "import", sourcing, good, dry_run="true")
    headers = key() | {"Content-Type": XLSX}
    path = f"{API}/quotes:import?sourcing_id={sourcing['id']}"
    async with buying.harness.client(buying.sales(0)) as client:
        first = await client.post(path, content=good, headers=headers)
        again = await client.post(path, content=good, headers=headers)
    assert again.content == first.content
    dump = await _dump(buying.harness)
    assert sourcing["id"] in dump
    assert [one for one in ("8193.57", "8194.57", "8120.57") if one in dump] == []
    guess = fingerprint("POST", f"{API}/quotes:import?sourcing_id={sourcing['id']} ", good)
    async with buying.harness.sql() as connection:
        stored = await connection.fetchval(
            "SELECT fingerprint FROM idempotency_keys WHERE key = $1", headers["Idempotency-Key"]
        )
    assert stored == buying.harness.runtime.clients["seals"].hide(guess) != guess
    assert not {"unit_price", "lines", "position"} & set(first.text.replace('"', " ").split())


FAULTS: list[tuple[dict[str, str], str, str]] = [
    ({"unit_price": "cheap"}, "unit_price", "DECIMAL_STRING"),
    ({"unit_price": "-1"}, "unit_price", "OUT_OF_RANGE"),
    ({"unit_price": ""}, "unit_price", "MISSING"),
    ({"tax_percent": "101"}, "tax_percent", "OUT_OF_RANGE"),
    ({"delivery_on": "soon"}, "delivery_on", "DATE_FROM_DATETIME_PARSING"),
    ({"alternative_code": "方钢"}, "alternative_code", "STRING_PATTERN_MISMATCH"),
    ({"alternative_code": "99999999"}, "alternative_code", "ALTERNATIVE_UNFIT"),
    ({"quantity": "11"}, "quantity", "LINE_CHANGED"),
    ({"quantity": "all"}, "quantity", "LINE_CHANGED"),
    ({"unit": "kg"}, "unit", "LINE_CHANGED"),
    ({"material_code": SQUARE}, "material_code", "LINE_CHANGED"),
    ({"position": "77"}, "position", "LINE_UNKNOWN"),
    ({"position": "1"}, "position", "LINE_UNKNOWN"),
    ({"freight": "9000"}, "freight", "TERMS_DIFFER"),
]


async def test_every_fault_of_every_row_is_told_and_nothing_is_written(buying: Buying) -> None:
    """One good row, then a row for each fault; the marked file has each wrong cell, and nothing of it is kept."""
    sourcing = await buying.published(*["10"] * (len(FAULTS) + 1))
    content = await filled(buying, sourcing, OFFER, *(OFFER | change for change, _, _ in FAULTS))
    async with buying.same():
        for dry_run in ("false", "true"):
            answer = await post(buying, "import", sourcing, content, dry_run=dry_run)
            assert answer.status_code == 422
            errors = answer.json()["errors"]
            assert {(one["pointer"], one["code"]) for one in errors} == {
                (f"/rows/{row}/{column}", code) for row, (_, column, code) in enumerate(FAULTS, start=1)
            }
            assert all(one["details"]["zh-CN"] and one["details"]["en"] for one in errors)
        checked = await post(buying, "check", sourcing, content)
    sheet = load_workbook(io.BytesIO(checked.content)).worksheets[0]
    wrong = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == CELL.fgColor.rgb}
    assert wrong == {f"{LETTERS[column]}{row}" for row, (_, column, _) in enumerate(FAULTS, start=3)}


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"valid_until": ""}, "/rows/0/valid_until", "MISSING"),
        ({"valid_until": "2020-01-01"}, "/rows/0/valid_until", "EXPIRES_TOO_EARLY"),
        ({"freight": "free"}, "/rows/0/freight", "DECIMAL_STRING"),
    ],
)
async def test_terms_of_the_whole_quote(buying: Buying, change: dict[str, str], pointer: str, code: str) -> None:
    sourcing = await buying.published()
    answer = await post(buying, "import", sourcing, await filled(buying, sourcing, OFFER | change))
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]


async def test_an_untouched_template_is_no_quote(buying: Buying) -> None:
    sourcing = await buying.published()
    content = await filled(buying, sourcing, {"valid_until": "2027-01-31"})
    async with buying.same():
        answer = await post(buying, "import", sourcing, content)
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [("/rows", "TOO_SHORT")]


async def test_a_marked_file_is_handed_in_when_corrected(buying: Buying) -> None:
    sourcing = await buying.published()
    content = await filled(buying, sourcing, OFFER | {"unit_price": "=1+1"})
    answer = await post(buying, "check", sourcing, content, language="en")
    book = load_workbook(io.BytesIO(answer.content))
    assert "Unit price" in str(book.worksheets[0]["N2"].value)
    book.worksheets[0]["G2"] = "3890"
    handed_in = await post(buying, "import", sourcing, saved(book))
    assert handed_in.json()["receipt"]["version"] == 1


async def test_the_deadline_and_an_exclusion_hold_for_files_too(buying: Buying) -> None:
    """Also for a rehearsal: what it says would happen would have happened."""
    sourcing = await buying.published()
    content = await filled(buying, sourcing, OFFER)
    body = {"supplier_id": str(buying.suppliers[0].id), "reason": "licence"}
    await buying.post(buying.buyer, f"/sourcing/{sourcing['id']}:exclude", body)
    late = await buying.published()
    too_late = await filled(buying, late, OFFER)
    draft = await buying.draft()
    buying.harness.clock.advance(timedelta(hours=1))
    async with buying.same():
        for dry_run in ("false", "true"):
            refused = await post(buying, "import", sourcing, content, dry_run=dry_run)
            assert (refused.status_code, refused.json()["code"]) == (409, "SUPPLIER_EXCLUDED")
            refused = await post(buying, "import", late, too_late, dry_run=dry_run)
            assert (refused.status_code, refused.json()["code"]) == (409, "QUOTE_TOO_LATE")
            refused = await post(buying, "import", draft, content, dry_run=dry_run)
            assert (refused.status_code, refused.json()["code"]) == (404, "SOURCING_NOT_FOUND")


async def test_who_is_not_invited_finds_no_inquiry(buying: Buying) -> None:
    """Nor does its buyer, should it sell, too: it may read the inquiry and has no place in it to quote."""
    sourcing = await buying.published(supplier_ids=[str(buying.suppliers[0].id)])
    content = await filled(buying, sourcing, OFFER)
    contractor = buying.site.contractor
    seller_too = replace(contractor, kinds=contractor.kinds | {Kind.SUPPLIER}).as_(Role.SALES)
    async with buying.same():
        for verb in ("check", "import"):
            refused = await post(buying, verb, sourcing, content, buying.sales(1))
            assert (refused.status_code, refused.json()["code"]) == (404, "SOURCING_NOT_FOUND")
            refused = await post(buying, verb, sourcing, content, seller_too)
            assert (refused.status_code, refused.json()["code"]) == (404, "SOURCING_NOT_FOUND")


async def test_csv_is_taken_too(buying: Buying) -> None:
    sourcing = await buying.published("10")
    row = "1,01090001,,,t,10,3890,13,2026-12-15,,,,2027-01-31"
    async with buying.harness.client(buying.sales(0)) as client:
        answer = await client.post(
            f"{API}/quotes:import?sourcing_id={sourcing['id']}",
            content=f"{','.join(COLUMNS)}\n{row}\n".encode(),
            headers=key() | {"Content-Type": CSV},
        )
    assert answer.json()["receipt"]["version"] == 1
