"""When contracts overlap, from when to when they bind, and what the gates read of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from labour.contracts.states import WageKind
from labour.workers.models import AgreementKind

FOREVER = date.max
DAY_UNIT, MONTH_UNIT = "工日", "月"


@dataclass(frozen=True, slots=True)
class Terms:
    """What payroll reads: the wage standard of a worker from the first to the last day on which it binds.

    `valid_to` None is open; a contract that was terminated early ends on its last day. `wage_rate` is CNY for one
    `wage_unit`.
    """

    contract_id: UUID
    worker_id: UUID
    valid_from: date
    valid_to: date | None
    wage_kind: WageKind
    wage_rate: Decimal
    wage_unit: str


@dataclass(frozen=True, slots=True)
class Binding:
    """A signed contract as the gates look at it."""

    kind: AgreementKind
    number: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Rules:
    """Days before the end on which an employer is warned, and how long a link to sign is open."""

    warn_days: Sequence[int]
    link_valid_for: timedelta


def overlap(first: tuple[date, date | None], second: tuple[date, date | None]) -> bool:
    """Whether two validities (first and last day, None open) share a day."""
    return first[0] <= (second[1] or FOREVER) and second[0] <= (first[1] or FOREVER)


def same_ground(first: UUID | None, second: UUID | None) -> bool:
    """Whether two contracts count on one project; None counts on all."""
    return first is None or second is None or first == second


def agreement_of(contracts: Iterable[Binding], today: date) -> Binding | None:
    """What the gates read: the contract of today (else the next, else the last), with those that follow without a gap.

    So a renewal that is signed in time keeps the gates open over the last day of the old contract.
    """
    known = sorted(contracts, key=lambda one: (one.valid_from, one.valid_to or FOREVER))
    if not known:
        return None
    current = [one for one in known if one.valid_from <= today <= (one.valid_to or FOREVER)]
    coming = [one for one in known if one.valid_from > today]
    begin = max(current, key=lambda one: one.valid_to or FOREVER) if current else (coming or known[-1:])[0]
    last = begin.valid_to
    for one in known:
        if last is not None and one.valid_from <= last + timedelta(days=1) and (one.valid_to or FOREVER) > last:
            last = one.valid_to
    return Binding(begin.kind, begin.number, begin.valid_from, last)
