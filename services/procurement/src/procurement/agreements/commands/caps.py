"""What caps hold: ordered against them, left of them, and whether a change of an order fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from chassis.work import Work, touch
from procurement.agreements import errors, repository, rules, states
from procurement.agreements.models import Agreement
from procurement.agreements.rules import Cap, Ordered
from procurement.agreements.states import Action
from procurement.orders import rules as order_rules
from procurement.orders.models import Order


@dataclass(frozen=True, slots=True)
class Level:
    """A cap's two heights and what counts against it; of an item also what has come."""

    cap: Cap
    ordered: Decimal
    delivered: Decimal | None

    @property
    def left(self) -> Decimal | None:
        """What may still be ordered; None where nothing is capped."""
        return None if self.cap.hard is None else max(self.cap.hard - self.ordered, Decimal(0))


async def demand_room_for(work: Work, order: Order, quantities: Mapping[UUID, Decimal]) -> None:
    """For changes of a called-off order (locked by the caller): its lines shall have these quantities.

    Soft caps that are passed are recorded with the call-off. CAP_EXCEEDED, and when more is wanted INVALID_STATE of an
    agreement that is not active, NOT_ENTITLED for a buyer that no longer belongs to the entitled group.
    """
    session = await work.writing()
    assert order.origin_id is not None  # noqa: S101 - a CHECK of the table
    agreement = await repository.get_for_update(session, work.principal, order.origin_id)
    asked = []
    for line in order.lines:
        standing = order_rules.committed_quantity(line)
        more = quantities.get(line.id, standing) - standing
        if more > 0 and line.origin_line_id is not None:
            amount = order_rules.line_amount(more + standing, line.unit_price)
            amount -= order_rules.line_amount(standing, line.unit_price)
            asked.append(Ordered(line.origin_line_id, order.buyer_id, order.project_id, more, amount))
    if not asked:
        return
    states.AGREEMENT.apply(agreement.state, Action.CALL_OFF)
    await demand_entitled(work, agreement, order.buyer_id, order.project_id)
    warnings = rules.passed(caps_of(agreement), await repository.ordered(session, agreement.id), asked)
    call_off = await repository.call_off_of(session, order.id)
    if warnings and call_off is not None:
        call_off.warnings = [*call_off.warnings, *warnings]
        touch(call_off, work)


async def demand_entitled(work: Work, agreement: Agreement, organisation_id: UUID, project_id: UUID) -> None:
    """FailedPrecondition NOT_ENTITLED unless the organisation may call off for the project today."""
    projects = await repository.entitled_projects(await work.writing(), agreement.id, organisation_id)
    if project_id not in projects and None not in projects:
        raise errors.not_entitled(project_id)


def caps_of(agreement: Agreement) -> list[Cap]:
    """Every cap of an agreement, also those without a height: items, the whole, entitlements."""
    items = [Cap(f"item:{item.position}", item.soft_cap, item.hard_cap, item_id=item.id) for item in agreement.items]
    own = [entitled_cap(one) for one in agreement.entitlements if not one.whole_group]
    return [*items, Cap("agreement", agreement.soft_cap, agreement.hard_cap), *own]


class Limited(Protocol):
    """An entitlement, in force or drafted."""

    organisation_id: UUID
    project_id: UUID | None
    soft_cap: Decimal | None
    hard_cap: Decimal | None


def entitled_cap(one: Limited) -> Cap:
    """The cap of an organisation, or of one of its projects."""
    scope = f"organisation:{one.organisation_id}"
    if one.project_id is not None:
        scope += f"/project:{one.project_id}"
    return Cap(scope, one.soft_cap, one.hard_cap, organisation_id=one.organisation_id, project_id=one.project_id)


def level_of(cap: Cap, rows: list[Ordered]) -> Level:
    """Where a cap stands, by what was called off."""
    delivered = None
    if cap.item_id is not None:
        delivered = sum((row.delivered for row in rows if row.item_id == cap.item_id), Decimal("0.000000"))
    return Level(cap, cap.measure(rows), delivered)
