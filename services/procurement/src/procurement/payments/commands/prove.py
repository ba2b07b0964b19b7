"""What the bank did: proof of payment item by item, and refunds that came in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.crypto import Vault
from chassis.files import service as files
from chassis.ids import new_id
from chassis.values import decimal_text
from chassis.work import Work, touch
from procurement import permissions
from procurement.payables.commands import pay as payables
from procurement.payments import errors, events, repository, states
from procurement.payments.models import Payment, PaymentItem
from procurement.payments.service import AUDITED, Masked, Verb, item_of, locked, masked
from procurement.payments.states import Action, ItemAction, ItemState


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an item: executed on a day under the bank's reference, or (`paid_on` None) failed, and why."""

    item_id: UUID
    bank_reference: str
    paid_on: date | None
    file_id: UUID | None
    reason: str


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that a supplier paid back for a credit or an advance, with the bank's reference."""

    payable_id: UUID
    amount: Decimal
    bank_reference: str
    paid_on: date
    file_id: UUID | None
    note: str


async def prove(work: Work, command: Verb, results: tuple[Result, ...], vault: Vault) -> Masked:
    """Book what the bank did of some or all items: what failed is open again, what was executed is paid for good.

    With the last item the order is executed, or failed when the bank executed none. InvalidArgument ITEM_UNKNOWN,
    PAID_IN_THE_FUTURE, FILE_UNKNOWN.
    """
    work.require(permissions.PAYMENTS_PREPARE)
    payment = await locked(work, command)
    before = audit.fields(payment, *AUDITED)
    payment.state = states.PAYMENT.apply(payment.state, Action.PROVE)
    judged = _matched(work, payment, results)
    executed = [item for item, result in judged if result.paid_on is not None]
    failed = [item for item, result in judged if result.paid_on is None]
    for item, result in judged:
        action = ItemAction.FAIL if result.paid_on is None else ItemAction.EXECUTE
        item.state = states.ITEM.apply(item.state, action)
        item.bank_reference, item.paid_on = result.bank_reference, result.paid_on
        item.file_id, item.reason = result.file_id, result.reason
    await _attach(work, judged)
    amounts = {item.payable_id: (item.amount, item.paid_on) for item in executed if item.paid_on is not None}
    paid = await payables.settle(work, amounts, [(item.payable_id, item.amount) for item in failed])
    for item in executed:
        item.costs = _costs(paid[item.payable_id].costs)
        payment.paid += item.amount
    if all(item.state is not ItemState.PENDING for item in payment.items):
        payment.state = states.PAYMENT.apply(payment.state, Action.EXECUTE if payment.paid else Action.FAIL)
    touch(payment, work)
    work.audit("payments.prove", "payment", payment.id, before, audit.fields(payment, *AUDITED))
    _tell(work, payment, executed)
    return masked(payment, vault)


async def refund(work: Work, command: Refund, vault: Vault) -> Masked:
    """Book what a supplier paid back: an order of its own, executed, with negative amounts.

    NotFound PAYABLE_NOT_FOUND, FailedPrecondition NOT_REFUNDABLE.
    """
    work.require(permissions.PAYMENTS_PREPARE)
    _not_in_the_future(work, "/paid_on", command.paid_on)
    session = await work.writing()
    returned = await payables.refund(work, command.payable_id, command.amount)
    if command.file_id is not None:
        await files.attach(work, [command.file_id], share_with=[], pointers=["/file_id"])
    payment_id = new_id()
    item = item_of(payment_id, 1, returned.payable, -command.amount)
    item.state = states.ITEM.apply(item.state, ItemAction.EXECUTE)
    item.bank_reference, item.paid_on, item.file_id = command.bank_reference, command.paid_on, command.file_id
    item.costs = _costs(returned.costs)
    payment = Payment(
        id=payment_id,
        created_at=work.now,
        updated_at=work.now,
        number=f"REF-{work.today:%Y%m%d}-{payment_id.hex[-8:].upper()}",
        state=states.PAYMENT.apply(states.PAYMENT.initial, Action.REFUND),
        buyer_id=work.principal.organisation_id,
        refund=True,
        currency=returned.payable.currency,
        total=-command.amount,
        paid=-command.amount,
        execute_on=command.paid_on,
        debtor_holder="",
        debtor_bank="",
        debtor_account="",
        note=command.note,
        prepared_by=work.principal.subject,
        items=[item],
    )
    await repository.add(session, payment)
    work.audit("payments.refund", "payment", payment.id, None, audit.fields(payment, *AUDITED))
    _tell(work, payment, payment.items)
    return masked(payment, vault)


def _matched(work: Work, payment: Payment, results: Iterable[Result]) -> list[tuple[PaymentItem, Result]]:
    items = {item.id: item for item in payment.items}
    found = []
    for index, result in enumerate(results):
        if result.item_id not in items:
            raise errors.unknown_item(index)
        if result.paid_on is not None:
            _not_in_the_future(work, f"/results/{index}/paid_on", result.paid_on)
        found.append((items[result.item_id], result))
    return found


async def _attach(work: Work, judged: Sequence[tuple[PaymentItem, Result]]) -> None:
    """The bank's receipt of what was executed is shown to the supplier, too."""
    for index, (item, result) in enumerate(judged):
        if result.file_id is not None:
            others = [item.supplier_id] if result.paid_on is not None else []
            pointer = f"/results/{index}/file_id"
            await files.attach(work, [result.file_id], share_with=others, pointers=[pointer])


def _not_in_the_future(work: Work, pointer: str, paid_on: date) -> None:
    if paid_on > work.today:
        raise errors.paid_in_the_future(pointer, work.today)


def _tell(work: Work, payment: Payment, executed: Iterable[PaymentItem]) -> None:
    """A fact for each supplier, project and day."""
    groups: dict[tuple[UUID, UUID, date | None], list[PaymentItem]] = {}
    for item in executed:
        groups.setdefault((item.supplier_id, item.project_id, item.paid_on), []).append(item)
    for items in groups.values():
        work.emit(events.made(payment, items))


def _costs(costs: list[tuple[str, Decimal]]) -> list[dict[str, str]]:
    return [{"cost_code": code, "amount": decimal_text(amount)} for code, amount in costs]
