"""Offers after the opening, and their comparison."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import orjson

from chassis.identity import Role
from chassis.pages import PageRequest
from procurement.offers.repository import OfferFilter
from procurement.offers.schemas import ComparedLineOut
from procurement.offers.service import page
from tests.procurement.buying import Buying
from tests.procurement.catalogue import bar
from tests.procurement.conftest import Orders
from tests.procurement.prices.deals import project_in, publish


async def test_freight_is_landed_by_amount_to_the_cent(buying: Buying) -> None:
    """10 t at 4,000 and 4 t at 4,100 share 100.01 of freight; the parts add up."""
    sourcing = await buying.published()
    await buying.quote(0, sourcing, "4000", "4100", freight="100.01")
    await buying.at_the_deadline(sourcing)
    cells = [line["cells"][0] for line in await buying.compared(sourcing)]
    assert [(cell["amount"], cell["freight"], cell["landed"]) for cell in cells] == [
        ("40000.00", "70.93", "40070.93"),
        ("16400.00", "29.08", "16429.08"),
    ]
    assert [cell["landed_price"] for cell in cells] == ["4007.093000", "4107.270000"]
    [offer] = (await buying.get(buying.buyer, f"/offers?sourcing_id={sourcing['id']}"))["items"]
    assert (offer["total"], offer["complete"]) == ("56500.01", True)


async def test_side_by_side(buying: Buying) -> None:
    """Cheapest first by landed price, the lowest marked, who leaves a line out named; a partial quote says so."""
    sourcing = await buying.opened(("4000", "4100"), ("3990", None), ("4050", "4090"))
    first, second = await buying.compared(sourcing)
    names = [str(one.id) for one in buying.suppliers]
    assert [cell["supplier_id"] for cell in first["cells"]] == [names[1], names[0], names[2]]
    assert [cell["lowest"] for cell in first["cells"]] == [True, False, False]
    assert [cell["supplier_id"] for cell in second["cells"]] == [names[2], names[0]]
    assert (first["missing"], second["missing"]) == ([], [names[1]])
    offers = (await buying.get(buying.buyer, f"/offers?sourcing_id={sourcing['id']}"))["items"]
    assert {one["supplier_id"]: one["complete"] for one in offers} == dict(zip(names, (True, False, True), strict=True))
    whole = await buying.get(buying.buyer, f"/offers/{offers[0]['id']}")
    assert len(whole["lines"]) == 2


async def test_a_line_that_nobody_offers_is_there(buying: Buying) -> None:
    sourcing = await buying.opened(("4000", None))
    _, second = await buying.compared(sourcing)
    assert (second["cells"], second["missing"]) == ([], [str(buying.suppliers[0].id)])


async def test_the_published_price_stands_beside_the_offers(buying: Buying) -> None:
    """Of the project's city (or the nearest division), per the line's unit, as it was known at the opening."""
    code, unpublished = await bar(buying.harness), await bar(buying.harness)
    in_shenzhen, in_guangzhou = [await _buying_in(buying, city) for city in ("440300", "440100")]
    await publish(buying.harness, f"{code},kg,4.0018,3.60", region="440000")
    made = {"material_code": code, "unit": "t"}
    lines = [
        made | {"parts": [_part(in_shenzhen)]},
        made | {"unit": "m", "parts": [_part(in_guangzhou), _part(in_guangzhou)]},
        made | {"parts": [_part(in_shenzhen), _part(in_guangzhou)]},
        made | {"material_code": unpublished, "parts": [_part(in_shenzhen)]},
        made | {"parts": [_part(buying.site.project_id)]},
    ]
    sourcing = await buying.published(lines=lines)
    await buying.quote(0, sourcing, *(["4000"] * 5))
    await buying.at_the_deadline(sourcing)
    expected = ["4001.800000", "1.580711", None, None, None]
    assert [line["published_price"] for line in await buying.compared(sourcing)] == expected
    buying.harness.clock.advance(timedelta(minutes=1))
    await publish(buying.harness, f"{code},kg,9.99,9.00", region="440000")
    assert [line["published_price"] for line in await buying.compared(sourcing)] == expected


async def test_prices_in_another_currency_or_unit_are_not_compared(buying: Buying) -> None:
    code = await bar(buying.harness, "t", "根")
    project = await _buying_in(buying, "440300")
    await publish(buying.harness, f"{code},根,20,18")
    line = {"material_code": code, "unit": "t", "parts": [_part(project)]}
    same = line | {"unit": "根"}
    for currency, expected in (("CNY", [None, "20.000000"]), ("EUR", [None, None])):
        sourcing = await buying.published(lines=[line, same], currency=currency)
        await buying.at_the_deadline(sourcing)
        assert [one["published_price"] for one in await buying.compared(sourcing)] == expected


def _part(project_id: UUID) -> dict[str, str]:
    return {"project_id": str(project_id), "cost_code": "A", "needed_by": "2026-12-20", "quantity": "1"}


async def _buying_in(buying: Buying, city: str) -> UUID:
    """Another project of the contractor, which stands in a city."""
    project_id = await project_in(buying.harness, city)
    async with buying.harness.sql() as connection:
        await connection.execute(
            "INSERT INTO known_parties VALUES ($1, $2, 'general_contractor', '2026-01-01')",
            project_id,
            buying.site.contractor.id,
        )
    return project_id


async def test_the_last_price_is_that_of_the_own_last_deal(buying: Buying, orders: Orders) -> None:
    """An approved order of this buyer counts, a draft and another buyer's do not."""
    await orders.approved()
    await orders.draft()
    sourcing = await buying.opened(("4000", None))
    [line, _] = await buying.compared(sourcing)
    assert Decimal(line["last_price"]) == Decimal(3950)
    assert line["last_at"] is not None


async def test_the_database_writes_what_the_contract_says(buying: Buying, orders: Orders) -> None:
    """Each member of the contract, in its order and form: with cells and without, with a last deal, with a quote in a
    note."""
    await orders.approved()
    sourcing = await buying.published()
    await buying.quote(0, sourcing, "4000", None, note='8" and "ö"')
    await buying.quote(1, sourcing, "3000", None, freight="0.01")
    await buying.at_the_deadline(sourcing)
    for line in await buying.compared(sourcing):
        written = ComparedLineOut.model_validate_json(orjson.dumps(line)).model_dump_json()
        assert written == orjson.dumps(line).decode()


async def test_of_equal_prices_one_is_the_lowest(buying: Buying) -> None:
    """10,000 is dearer than 9,000 however it is written; of two lowest ones a single one is marked, the first shown."""
    sourcing = await buying.opened(("10000", None), ("9000", None), ("9000", None))
    [line, _] = await buying.compared(sourcing)
    assert [cell["unit_price"] for cell in line["cells"]] == ["9000.000000", "9000.000000", "10000.000000"]
    assert [cell["lowest"] for cell in line["cells"]] == [True, False, False]


async def test_an_excluded_supplier_is_shown_and_does_not_count(buying: Buying) -> None:
    sourcing = await buying.opened(("3000", None), ("4000", None))
    who = {"supplier_id": str(buying.suppliers[0].id), "reason": "blacklisted"}
    await buying.post(buying.buyer, f"/sourcing/{sourcing['id']}:exclude", who)
    [line, _] = await buying.compared(sourcing)
    assert [(cell["excluded"], cell["lowest"]) for cell in line["cells"]] == [(True, False), (False, True)]


async def test_the_comparison_comes_in_pages_of_lines(buying: Buying) -> None:
    """A page holds whole lines, each with all its offers."""
    sourcing = await buying.published("1", "2", "3")
    for number in range(3):
        await buying.quote(number, sourcing, "10", "20", "30")
    await buying.at_the_deadline(sourcing)
    path, token, seen = f"/sourcing/{sourcing['id']}/comparison?page_size=2", "", []
    while True:
        found = await buying.get(buying.buyer, f"{path}&page_token={token}")
        seen += [(line["position"], len(line["cells"])) for line in found["items"]]
        token = found["next_page_token"]
        if not token:
            break
    assert seen == [(1, 3), (2, 3), (3, 3)]


async def test_an_offer_is_its_buyers_alone(buying: Buying) -> None:
    """Use cases and repository alike: another organisation's list is empty, whatever it filters by."""
    await buying.opened(("4000", None))
    stranger = buying.suppliers[1]
    async with buying.harness.work(buying.site.contractor.as_(Role.BUYER)) as work:
        assert len((await page(work, OfferFilter(supplier_id=buying.suppliers[0].id), PageRequest())).items) == 1
    other = type(stranger)(buying.site.contractor.kinds)
    async with buying.harness.work(other.as_(Role.BUYER)) as work:
        assert (await page(work, OfferFilter(supplier_id=buying.suppliers[0].id), PageRequest())).items == []
