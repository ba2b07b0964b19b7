"""A lorry at the gate: who let it in, and what the weighbridge says.

Asks nobody: the gate registers what stands before it, changes no quantity and no cost, and works while the rest of the
platform is away.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from chassis.work import Work
from procurement import permissions
from procurement.deliveries import events, repository, rules, service
from procurement.deliveries.models import Delivery
from procurement.deliveries.rules import WeightUnit
from procurement.deliveries.states import Action


@dataclass(frozen=True, slots=True)
class Weighing:
    """A reading of the weighbridge (地磅): loaded and empty, in `unit`."""

    unit: WeightUnit
    gross: Decimal
    tare: Decimal


@dataclass(frozen=True, slots=True)
class Arrive:
    """A delivery that has come; nothing is weighed where there is no weighbridge."""

    delivery_id: UUID
    expected_version: int | None
    weighing: Weighing | None = None
    vehicle: str = ""
    driver: str = ""
    photos: tuple[UUID, ...] = ()


async def arrive(work: Work, command: Arrive) -> Delivery:
    """Register a lorry; a net weight beyond the tolerance of the day is flagged, never refused."""
    work.require(permissions.DELIVERIES_ARRIVE)
    session = await work.writing()
    delivery = await repository.get_for_update(session, work.principal, work.today, command.delivery_id)
    service.admit(work, delivery, command.expected_version, Action.ARRIVE, delivery.buyer_id)
    before = service.audited(delivery)
    delivery.arrived_at, delivery.arrived_by = work.now, work.principal.subject
    delivery.vehicle = command.vehicle or delivery.vehicle
    delivery.driver = command.driver or delivery.driver
    if command.weighing is not None:
        _weigh(delivery, command.weighing, await repository.weighing_tolerance(session, work.today))
    await service.add_photos(work, delivery, command.photos)
    service.finish(work, delivery, Action.ARRIVE, before)
    work.emit(events.arrived(delivery))
    return delivery


def _weigh(delivery: Delivery, weighing: Weighing, tolerance: Decimal) -> None:
    delivery.weight_unit, delivery.gross, delivery.tare = weighing.unit, weighing.gross, weighing.tare
    delivery.weight_tolerance_percent = tolerance
    expected = rules.expected_weight(((line.quantity, line.unit) for line in delivery.lines), weighing.unit)
    delivery.expected_weight = expected
    net = weighing.gross - weighing.tare
    delivery.weight_deviates = expected is not None and rules.deviates(net, expected, tolerance)
