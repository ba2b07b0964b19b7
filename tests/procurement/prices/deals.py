"""Publications and approved orders that tests of prices make."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from chassis.clock import SHANGHAI
from chassis.ids import new_id
from chassis.replica import KnownProject
from chassis.tabular import CSV
from procurement.orders import rules as order_rules
from procurement.orders.models import Order, OrderLine
from procurement.orders.states import State
from procurement.prices.commands import publish as publishing
from procurement.prices.commands.publish import PublishPrices, PublishReport
from tests.harness import Harness
from tests.procurement.catalogue import OPERATOR

HEADER = "material_code,unit,price_with_tax,price_without_tax\n"
SHENZHEN = "440300"


@contextmanager
def later(harness: Harness, by: timedelta) -> Iterator[None]:
    """The service's clock is moved, and back again: it is everybody's."""
    harness.clock.advance(by)
    try:
        yield
    finally:
        harness.clock.advance(-by)


async def publish(
    harness: Harness,
    *rows: str,
    region: str = SHENZHEN,
    month: date = date(2026, 11, 1),
    valid_from: date | None = None,
) -> PublishReport:
    """Publish rows `code,unit,with,without`."""
    command = PublishPrices(region, month, "sample", valid_from, (HEADER + "\n".join(rows)).encode(), CSV)
    async with harness.work(OPERATOR) as work:
        return await publishing.publish(work, command)


async def project_in(harness: Harness, city: str) -> UUID:
    """A project that is known to stand in a city."""
    project = KnownProject(
        project_id=new_id(),
        code="P",
        name_zh="示范",
        name_en="",
        state="active",
        district="",
        city=city,
        risk_class="normal",
        organisation_id=new_id(),
        version=1,
    )
    async with harness.work(OPERATOR) as work:
        (await work.writing()).add(project)
    return project.project_id


async def deal(
    harness: Harness,
    buyer_id: UUID,
    project_id: UUID,
    approved_on: date,
    *lines: tuple[str, str, str, str],
    state: State = State.APPROVED,
    currency: str = "CNY",
) -> UUID:
    """An order that was approved at noon of a day; lines are (material, unit, quantity, unit price)."""
    approved_at = datetime.combine(approved_on, datetime.min.time(), SHANGHAI) + timedelta(hours=12)
    order = Order(
        id=new_id(),
        created_at=approved_at,
        updated_at=approved_at,
        number=f"PO-{new_id().hex[-12:]}",
        project_id=project_id,
        buyer_id=buyer_id,
        supplier_id=new_id(),
        state=state,
        currency=currency,
        total=Decimal(0),
        created_by="test",
        approved_at=approved_at,
    )
    order.lines = [
        OrderLine(
            order_id=order.id,
            position=position,
            material_code=code,
            unit=unit,
            cost_code="01",
            quantity=Decimal(quantity),
            unit_price=Decimal(price),
            tolerance_percent=Decimal(0),
            amount=order_rules.line_amount(Decimal(quantity), Decimal(price)),
        )
        for position, (code, unit, quantity, price) in enumerate(lines, start=1)
    ]
    async with harness.work(OPERATOR) as work:
        (await work.writing()).add(order)
    return order.id
