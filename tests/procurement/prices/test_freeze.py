"""Statistics on a real PostgreSQL: made once for a closed month, and nobody can be told apart in them."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from chassis.errors import PermissionDenied
from chassis.identity import Kind, Role, service_principal
from chassis.ids import new_id
from procurement.orders.states import State
from procurement.prices.commands import freeze
from tests.harness import Harness, organisation
from tests.procurement.catalogue import OPERATOR, bar
from tests.procurement.prices.deals import SHENZHEN, deal, later, project_in

OURSELVES = service_principal("procurement")
ANYBODY = organisation(Kind.SUPPLIER).as_(Role.SALES)
PATH = "/procurement/v1/price-statistics"


async def run(harness: Harness) -> None:
    async with harness.work(OURSELVES) as work:
        await freeze.freeze_months(work, {})


async def shown(harness: Harness, **wanted: str) -> list[dict[str, Any]]:
    async with harness.client(ANYBODY) as client:
        answer = await client.get(PATH, params=wanted)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def bought(
    harness: Harness, code: str, month: date, *buyers: int, price: int = 4000, city: str = SHENZHEN
) -> None:
    """An order for each number; the same number is the same buyer; prices rise by one."""
    project_id = await project_in(harness, city)
    who = {number: new_id() for number in buyers}
    for more, number in enumerate(buyers):
        await deal(harness, who[number], project_id, month, (code, "t", "1", str(price + more)))


async def test_a_closed_month_is_frozen_when_it_is_over(procurement: Harness) -> None:
    """Not while it runs; then once, and what happens later changes nothing."""
    code, month = await bar(procurement), date(2026, 11, 20)
    await bought(procurement, code, month, 1, 1, 2, 2, 3)
    await run(procurement)
    assert await shown(procurement, material_code=code) == []
    with later(procurement, timedelta(days=7, hours=11, minutes=59)):  # 30 November 23:59 in Shanghai
        await run(procurement)
        assert await shown(procurement, material_code=code) == []
    with later(procurement, timedelta(days=7, hours=12)):
        await run(procurement)
        [cell] = await shown(procurement, material_code=code)
        async with procurement.sql() as connection:
            await connection.execute(
                """
                UPDATE orders SET state = 'cancelled'
                WHERE id IN (SELECT order_id FROM order_lines WHERE material_code = $1)
                """,
                code,
            )
        await bought(procurement, code, month, 4, 5, 6, 7, 8)
        await asyncio.gather(run(procurement), run(procurement))
        assert await shown(procurement, material_code=code) == [cell]
    assert (cell["month"], cell["region"], cell["unit"], cell["deals"]) == ("2026-11", SHENZHEN, "t", 5)
    assert (cell["lower_quartile"], cell["median"], cell["upper_quartile"]) == (
        "4001.000000",
        "4002.000000",
        "4003.000000",
    )
    assert set(cell) == {
        "id", "material_code", "region", "month", "unit", "deals", "lower_quartile", "median", "upper_quartile",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("month", "buyers"),
    [(date(2021, 1, 15), (1, 1, 1, 2, 2)), (date(2021, 2, 15), (1, 1, 2, 3))],
    ids=["5 deals of 2 buyers", "4 deals of 3 buyers"],
)
async def test_a_cell_that_tells_somebody_apart_is_absent(
    procurement: Harness, month: date, buyers: tuple[int, ...]
) -> None:
    """Absent in list, trend and database, as if there had been no deal: nothing says "too few"."""
    code, never = await bar(procurement), await bar(procurement)
    await bought(procurement, code, month, *buyers)
    await run(procurement)
    assert await shown(procurement, material_code=code) == []
    async with procurement.client(ANYBODY) as client:
        asked = {"region": SHENZHEN, "first": f"{month:%Y-%m}", "last": f"{month:%Y-%m}"}
        few, none = [
            (await client.get("/procurement/v1/price-trend", params=asked | {"material_code": one})).json()
            for one in (code, never)
        ]
    assert few | {"material_code": never} == none
    async with procurement.sql() as connection:
        assert await connection.fetchval("SELECT count(*) FROM price_statistics WHERE material_code = $1", code) == 0


async def test_cells_are_apart_by_city_and_month(procurement: Harness) -> None:
    """Deals of two cities or two months are not thrown together, neither for a cell nor across a month's midnight."""
    code = await bar(procurement)
    await bought(procurement, code, date(2021, 3, 31), 1, 2, 3)
    await bought(procurement, code, date(2021, 4, 1), 1, 2, 3)
    await bought(procurement, code, date(2021, 3, 31), 1, 2, 3, city="440100")
    await run(procurement)
    assert await shown(procurement, material_code=code) == []


async def test_what_counts_as_a_deal(procurement: Harness) -> None:
    """Approved or later, in CNY, in a known city; the project's replica says which."""
    code, day = await bar(procurement), date(2021, 5, 10)
    here, nowhere = await project_in(procurement, SHENZHEN), await project_in(procurement, "")
    states = [State.APPROVED, State.CONFIRMED, State.IN_DELIVERY, State.COMPLETED]
    line = (code, "t", "1", "4000")
    for state in states:
        await deal(procurement, new_id(), here, day, line, state=state)
    for state in (State.CANCELLED, State.REJECTED):
        await deal(procurement, new_id(), here, day, line, state=state)
    await deal(procurement, new_id(), here, day, line, currency="USD")
    await deal(procurement, new_id(), nowhere, day, line)
    await deal(procurement, new_id(), new_id(), day, line)
    await run(procurement)
    assert await shown(procurement, material_code=code) == []
    other, day = await bar(procurement), date(2021, 6, 10)
    for state in (*states, State.APPROVED):
        await deal(procurement, new_id(), here, day, (other, "kg", "1000", "4"), state=state)
    await run(procurement)
    [cell] = await shown(procurement, material_code=other)
    assert (cell["unit"], cell["median"]) == ("kg", "4.000000")


async def test_only_the_service_itself_freezes(procurement: Harness) -> None:
    before = await procurement.checksum()
    with pytest.raises(PermissionDenied):
        async with procurement.work(OPERATOR) as work:
            await freeze.freeze_months(work, {})
    assert await procurement.checksum() == before
