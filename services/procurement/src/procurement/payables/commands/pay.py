"""What payment orders do with payables, in their own transaction: bind, give back, pay, refund."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.work import Work, touch
from procurement.payables import errors, repository, rules
from procurement.payables.models import Payable
from procurement.payables.service import AUDITED, close_if_settled
from procurement.payables.states import Kind, State


@dataclass(frozen=True, slots=True)
class Paid:
    """A payable after a payment (or refund), and by how much its paid cost changed per cost code."""

    payable: Payable
    costs: list[tuple[str, Decimal]]


async def bind(work: Work, amounts: Sequence[tuple[UUID, Decimal]]) -> dict[UUID, Payable]:
    """Take so much of each of the buyer's payables into a payment order; nobody else can take it as well.

    FailedPrecondition NOT_PAYABLE, MORE_THAN_OPEN (metadata `most`); NotFound PAYABLE_NOT_FOUND.
    """
    found = await _locked(work, [payable_id for payable_id, _ in amounts])
    for index, (payable_id, amount) in enumerate(amounts):
        payable = found[payable_id]
        if payable.state is not State.OPEN or payable.kind is Kind.CREDIT:
            raise errors.not_payable(payable_id, payable.state, payable.kind)
        if amount > payable.available:
            raise errors.more_than_open(payable_id, index, payable.available)
        with _Audited(work, payable, "payables.bind"):
            payable.in_payment += amount
    return found


async def give_back(work: Work, amounts: Sequence[tuple[UUID, Decimal]]) -> None:
    """What a cancelled order had bound is open again."""
    _give_back(work, await _locked(work, [payable_id for payable_id, _ in amounts]), amounts)


def _give_back(work: Work, found: Mapping[UUID, Payable], amounts: Sequence[tuple[UUID, Decimal]]) -> None:
    for payable_id, amount in amounts:
        with _Audited(work, found[payable_id], "payables.give-back"):
            found[payable_id].in_payment -= amount


async def settle(
    work: Work, executed: Mapping[UUID, tuple[Decimal, date]], failed: Sequence[tuple[UUID, Decimal]]
) -> dict[UUID, Paid]:
    """Of what was bound the bank has paid some, each on a day, and the rest is open again."""
    found = await _locked(work, [*executed, *(payable_id for payable_id, _ in failed)])
    _give_back(work, found, failed)
    paid = {}
    for payable_id, (amount, on) in executed.items():
        payable = found[payable_id]
        costs = rules.step(payable.split, payable.paid, payable.paid + amount)
        with _Audited(work, payable, "payables.pay"):
            payable.in_payment -= amount
            payable.paid += amount
            payable.late_amount_days += amount * rules.days_late(payable.due_on, on)
            close_if_settled(payable)
        paid[payable_id] = Paid(payable, costs)
    return paid


async def refund(work: Work, payable_id: UUID, amount: Decimal) -> Paid:
    """The supplier paid back: of a credit, or of an advance what no invoice was offset against. Costs are negative.

    FailedPrecondition NOT_REFUNDABLE with what the supplier owes back at most.
    """
    payable = (await _locked(work, [payable_id]))[payable_id]
    if payable.kind is Kind.CREDIT:
        most = payable.available
    else:
        most = payable.paid - payable.consumed if payable.kind is Kind.ADVANCE else Decimal("0.00")
    if amount > most:
        raise errors.not_refundable(payable_id, most)
    with _Audited(work, payable, "payables.refund"):
        if payable.kind is Kind.CREDIT:
            gained = rules.step(payable.split, payable.paid, payable.paid + amount)
            costs = [(code, -part) for code, part in gained]
            payable.paid += amount
            close_if_settled(payable)
        else:
            costs = rules.step(payable.split, payable.paid, payable.paid - amount)
            payable.paid -= amount
            payable.returned += amount
    return Paid(payable, costs)


async def _locked(work: Work, ids: Sequence[UUID]) -> dict[UUID, Payable]:
    return await repository.lock_many(await work.writing(), work.principal, ids)


class _Audited:
    """The change of a payable inside the block, as its next version, in the audit."""

    def __init__(self, work: Work, payable: Payable, verb: str) -> None:
        self._work, self._payable, self._verb = work, payable, verb
        self._before = audit.fields(payable, *AUDITED)

    def __enter__(self) -> None:
        """What was before is known."""

    def __exit__(self, *failed: object) -> None:
        """A block that fails leaves no trace: its transaction ends."""
        if failed[0] is None:
            touch(self._payable, self._work)
            after = audit.fields(self._payable, *AUDITED)
            self._work.audit(self._verb, "payable", self._payable.id, self._before, after)
