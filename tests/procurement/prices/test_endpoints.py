"""The REST door of prices."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Kind, Role, service_principal
from chassis.ids import new_id
from chassis.tabular import XLSX, write_xlsx
from procurement.materials.exchange import FORMATS
from procurement.prices.commands import freeze
from tests.harness import Harness, Organisation, key, organisation
from tests.procurement.catalogue import OPERATOR, bar
from tests.procurement.conftest import Site
from tests.procurement.prices.deals import HEADER, deal, project_in, publish

PATH = "/procurement/v1/price-publications"
EXPORT = "/procurement/v1/published-prices:export"
CSV = {"Content-Type": "text/csv"}
ANYBODY = organisation(Kind.SUPPLIER).as_(Role.VIEWER)
OF = {"region": "460100", "month": "2026-11", "source": "sample"}
SAMPLES = Path(__file__).parents[1] / "data"


@pytest.mark.parametrize("kind", ["csv", "xlsx", "xml"])
async def test_out_and_in_again(procurement: Harness, kind: str) -> None:
    """A publication goes out in each kind of file, and the file makes the same prices as the next edition."""
    code, media_type = await bar(procurement), FORMATS[kind]
    file = b"".join(write_xlsx(HEADER.strip().split(","), [(code, "t", "3950.50", "3495.58")]))
    async with procurement.client(OPERATOR) as client:
        made = await client.post(PATH, params=OF, content=file, headers=key() | {"Content-Type": XLSX})
        publication = made.json()["publication_id"]
        out = await client.get(EXPORT, params={"publication_id": publication, "format": kind})
        again = await client.post(PATH, params=OF, content=out.content, headers=key() | {"Content-Type": media_type})
    async with procurement.client(ANYBODY) as client:
        listed = await client.get("/procurement/v1/published-prices", params={"material_code": code})
        editions = await client.get(PATH, params={"region": OF["region"], "month": OF["month"]})
    assert made.status_code == 200, made.text
    assert again.json()["edition"] == made.json()["edition"] + 1
    shown = [(row["with_tax"], row["without_tax"], row["unit"], row["region"]) for row in listed.json()["items"]]
    assert shown == [("3950.500000", "3495.580000", "t", "460100")] * 2
    assert {again.json()["publication_id"], publication} <= {row["id"] for row in editions.json()["items"]}


async def test_a_region_that_differs_and_a_dry_run(procurement: Harness) -> None:
    """An XML item names its region: another city's price is refused. A dry run writes nothing."""
    code = await bar(procurement)
    item = f"<Item><Code>{code}</Code><Unit>t</Unit><Price><WithTax>2</WithTax><WithoutTax>1</WithoutTax></Price>"
    content = f"<MaterialExchange>{item}<Region>110100</Region></Item></MaterialExchange>".encode()
    good = f"<MaterialExchange>{item}</Item></MaterialExchange>".encode()
    headers = {"Content-Type": "application/xml"}
    before = (await procurement.checksum()).split("/")[:-1]
    async with procurement.client(OPERATOR) as client:
        refused = await client.post(PATH, params=OF, content=content, headers=key() | headers)
        dry = await client.post(PATH, params=OF | {"dry_run": True}, content=good, headers=key() | headers)
    assert [fault["code"] for fault in refused.json()["rows"][0]["errors"]] == ["REGION_DIFFERS"]
    assert (dry.json()["taken"], dry.json()["publication_id"], dry.json()["dry_run"]) == (1, "", True)
    assert (await procurement.checksum()).split("/")[:-1] == before


BAD: list[tuple[dict[str, Any], str]] = [
    ({"region": "44030"}, "query:region"),
    ({"month": "2026-13"}, "query:month"),
    ({"month": "2026-11-01"}, "query:month"),
    ({"source": ""}, "query:source"),
    ({"valid_from": "soon"}, "query:valid_from"),
    ({"colour": "red"}, "query:colour"),
]


@pytest.mark.parametrize(("change", "pointer"), BAD)
async def test_bad_input_changes_nothing(procurement: Harness, change: dict[str, Any], pointer: str) -> None:
    before = await procurement.checksum()
    async with procurement.client(OPERATOR) as client:
        answer = await client.post(PATH, params=OF | change, content=HEADER.encode(), headers=key() | CSV)
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert await procurement.checksum() == before


async def test_only_the_operator_publishes(procurement: Harness) -> None:
    before = await procurement.checksum()
    async with procurement.client(organisation(Kind.CONTRACTOR).as_(Role.ADMIN, Role.BUYER)) as client:
        answer = await client.post(PATH, params=OF, content=HEADER.encode(), headers=key() | CSV)
    assert (answer.status_code, answer.json()["code"]) == (403, "ROLE_MISSING")
    assert await procurement.checksum() == before


async def test_a_publication_that_is_none(procurement: Harness) -> None:
    async with procurement.client(ANYBODY) as client:
        answer = await client.get(EXPORT, params={"publication_id": str(new_id())})
    assert (answer.status_code, answer.json()["code"]) == (404, "PUBLICATION_NOT_FOUND")


async def test_the_trend_month_by_month(procurement: Harness) -> None:
    """Published and paid side by side in one unit; the last edition counts; what is missing is null, not zero."""
    code, region = await bar(procurement), "460200"
    await publish(procurement, f"{code},t,3900,3500", region=region, month=date(2021, 8, 1))
    await publish(procurement, f"{code},t,4000,3500", region=region, month=date(2021, 8, 1))
    await publish(procurement, f"{code},kg,4.2,3.8", region=region, month=date(2021, 10, 1))
    project_id = await project_in(procurement, region)
    for _ in range(5):
        await deal(procurement, new_id(), project_id, date(2021, 8, 10), (code, "t", "1", "4100"))
    async with procurement.work(service_principal("procurement")) as work:
        await freeze.freeze_months(work, {})
    asked = {"material_code": code, "region": region, "first": "2021-08", "last": "2021-10"}
    async with procurement.client(ANYBODY) as client:
        trend = await client.get("/procurement/v1/price-trend", params=asked)
        tonnes = await client.get("/procurement/v1/price-trend", params=asked | {"unit": "t"})
        volume = await client.get("/procurement/v1/price-trend", params=asked | {"unit": "m3"})
    assert trend.json()["unit"] == "kg"
    months = tonnes.json()["months"]
    assert [one["month"] for one in months] == ["2021-08", "2021-09", "2021-10"]
    assert [one["published"] and one["published"]["with_tax"] for one in months] == ["4000.000000", None, "4200.000000"]
    assert [one["paid"] and one["paid"]["median"] for one in months] == ["4100.000000", None, None]
    assert trend.json()["months"][0]["paid"]["median"] == "4.100000"
    assert (volume.status_code, volume.json()["code"]) == (409, "UNITS_DO_NOT_CONVERT")


@pytest.mark.parametrize(("first", "last"), [("2021-10", "2021-08"), ("2010-01", "2021-08")])
async def test_months_out_of_range(procurement: Harness, first: str, last: str) -> None:
    asked = {"material_code": "01090001", "region": "440300", "first": first, "last": last}
    async with procurement.client(ANYBODY) as client:
        answer = await client.get("/procurement/v1/price-trend", params=asked)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "MONTHS_OUT_OF_RANGE"


async def test_an_orders_check_is_its_parties(procurement: Harness) -> None:
    """Buyer and supplier see it, deviation and all; to anybody else there is no such order."""
    code, buyer, stranger = await bar(procurement), organisation(Kind.CONTRACTOR), organisation(Kind.CONTRACTOR)
    await publish(procurement, f"{code},t,4000,3540", region="460300", month=date(2026, 10, 1))
    project_id = await project_in(procurement, "460300")
    day = date(2026, 11, 24)  # after the publication was known
    order_id = await deal(procurement, buyer.id, project_id, day, (code, "kg", "10", "4.1"))
    async with procurement.sql() as connection:
        supplier_id: UUID = await connection.fetchval("SELECT supplier_id FROM orders WHERE id = $1", order_id)
    supplier = Organisation(frozenset({Kind.SUPPLIER}), supplier_id)
    path = f"/procurement/v1/orders/{order_id}/price-check"
    answers = []
    for who in (buyer.as_(Role.BUYER), supplier.as_(Role.SALES), stranger.as_(Role.BUYER)):
        async with procurement.client(who) as client:
            answers.append(await client.get(path))
    assert answers[0].json() == answers[1].json()
    [line] = answers[0].json()["lines"]
    assert (line["deviation_percent"], line["published"]["with_tax"], line["published"]["month"]) == (
        "2.50",
        "4.000000",
        "2026-10",
    )
    assert (line["paid"], line["code"]) == (None, "")
    assert (answers[2].status_code, answers[2].json()["code"]) == (404, "ORDER_NOT_FOUND")


async def test_the_samples_of_the_demo(procurement: Harness, site: Site) -> None:
    """The invented months in tests/procurement/data are files that the door takes."""
    async with procurement.client(OPERATOR) as client:
        for month in ("2026-10", "2026-11"):
            content = (SAMPLES / f"prices-sample-440300-{month}.csv").read_bytes()
            asked = {"region": "440300", "month": month, "source": "invented sample, see tests/procurement/data"}
            answer = await client.post(PATH, params=asked, content=content, headers=key() | CSV)
            assert (answer.json()["taken"], answer.json()["refused"]) == (1, 0), answer.text
