"""Direct purchases (直接采购): with a reason, and within the buyer's limit."""

from __future__ import annotations

from decimal import Decimal

from chassis.work import Work
from procurement.orders import errors
from procurement.orders.models import Order
from procurement.orders.rules import DirectLimit
from procurement.orders.states import Origin
from procurement.prices.events import CURRENCY
from procurement.rulebook import service as rulebook
from procurement.rulebook.models import RuleKind


async def demand_direct(work: Work, order: Order, total: Decimal) -> None:
    """Refuse a direct purchase of this total without a reason or beyond the limit of today: the buyer's own rule, else
    the platform's; any other order is let through. DIRECT_REASON_MISSING, DIRECT_LIMIT_EXCEEDED."""
    if order.origin is not Origin.DIRECT:
        return
    if not order.direct_reason.strip():
        raise errors.direct_reason_missing()
    limit = await _limit(work, order)
    if total > limit.amount:
        raise errors.direct_limit_exceeded(total, limit)


async def _limit(work: Work, order: Order) -> DirectLimit:
    if order.currency != CURRENCY:  # rules are in CNY: nothing may be bought directly in any other currency
        return DirectLimit(Decimal(0), order.currency, "-", work.today)
    rule = await rulebook.in_force(work, order.buyer_id, RuleKind.DIRECT_LIMIT, work.today)
    return DirectLimit(rule.value, order.currency, rule.source, rule.valid_from)
