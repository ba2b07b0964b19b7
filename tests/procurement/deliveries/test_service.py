"""Use cases of deliveries: versions, audit, and sums after any course of events."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from chassis.errors import Aborted, AlreadyExists, InvalidArgument
from chassis.identity import Role, service_principal
from chassis.ids import new_id
from procurement.clients.projects import Party
from procurement.deliveries import service
from procurement.deliveries.commands.dispatch import Dispatch, SentLine, dispatch
from procurement.deliveries.models import Delivery
from procurement.deliveries.service import Judge, LineQuantity
from procurement.orders import service as orders_service
from tests.harness import Harness
from tests.procurement.conftest import Orders, Site, body


async def dispatched(orders: Orders, order_id: UUID, quantity: str, note: str | None = None) -> Delivery:
    """A delivery of the order's first line."""
    line = (await orders.read(order_id)).lines[0]
    command = Dispatch(
        order_id, note or f"DN-{new_id()}", "", "QC-1", "b" * 64, (SentLine(line.id, Decimal(quantity)),)
    )
    async with orders.harness.work(orders.sales) as work:
        return await dispatch(work, command)


async def judged(orders: Orders, delivery: Delivery, quantity: str, version: int | None = None) -> Delivery:
    """The site's judgement."""
    orders.projects.parties[orders.site.project_id, orders.site.contractor.id] = Party(frozenset({"owner"}), "active")
    lines = (LineQuantity(delivery.lines[0].id, Decimal(quantity), "damaged"),)
    async with orders.harness.work(orders.site.contractor.as_(Role.SITE_ENGINEER)) as work:
        return await service.accept(work, Judge(delivery.id, version, lines), orders.projects)


async def test_the_sums_of_a_project_follow_every_acceptance(orders: Orders, procurement: Harness, site: Site) -> None:
    """What project-mgmt is told over gRPC is what the facts add up to."""
    order_id = await orders.confirmed(lines=body(site)["lines"][:1])
    for quantity in ("33.333333", "33.333333"):
        await judged(orders, await dispatched(orders, order_id, quantity), quantity)
    async with procurement.work(service_principal("project-mgmt")) as work:
        totals = await orders_service.project_totals(work, site.project_id)
    assert totals.accepted == (Decimal("66.666666") * 3950).quantize(Decimal("0.01"))
    assert totals.counts == {"in_delivery": 1}


async def test_a_stale_version_is_refused(orders: Orders, procurement: Harness, site: Site) -> None:
    order_id = await orders.confirmed(lines=body(site)["lines"][:1])
    delivery = await dispatched(orders, order_id, "10")
    before = await procurement.checksum()
    with pytest.raises(Aborted):
        await judged(orders, delivery, "10", version=7)
    assert await procurement.checksum() == before
    await judged(orders, delivery, "9", version=1)
    assert await procurement.audited(delivery.id) == ["deliveries.dispatch", "deliveries.accept"]


async def test_a_note_number_is_used_once_and_takes_nothing_twice(orders: Orders, site: Site) -> None:
    """The refused second note leaves the delivered quantity as it was."""
    order_id = await orders.confirmed(lines=body(site)["lines"][:1])
    await dispatched(orders, order_id, "10", "DN-1")
    with pytest.raises(AlreadyExists):
        await dispatched(orders, order_id, "10", "DN-1")
    assert (await orders.read(order_id)).lines[0].delivered == Decimal(10)


async def test_every_line_must_be_judged(orders: Orders, procurement: Harness, site: Site) -> None:
    """An acceptance that forgets a line is no acceptance."""
    order_id = await orders.confirmed()
    lines = (await orders.read(order_id)).lines
    command = Dispatch(
        order_id, "DN-2", "", "QC-1", "b" * 64, tuple(SentLine(line.id, line.quantity) for line in lines)
    )
    async with procurement.work(orders.sales) as work:
        delivery = await dispatch(work, command)
    before = await procurement.checksum()
    with pytest.raises(InvalidArgument) as refusal:
        await judged(orders, delivery, "1")
    assert refusal.value.violations[0].code == "LINES_MISSING"
    assert await procurement.checksum() == before
