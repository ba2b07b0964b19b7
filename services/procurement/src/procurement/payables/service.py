"""Use cases of payables. Terms stand in commands/terms.py, what payment orders do with payables in commands/pay.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis import audit
from chassis.clock import day_begins
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.values import decimal_text
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.payables import errors, events, repository, rules, states
from procurement.payables.models import NONE, Offset, Payable, PaymentTerms
from procurement.payables.repository import PayableFilter
from procurement.payables.rules import Costs, Due, Rate
from procurement.payables.states import Action, BuyerKind, DueBy, Kind, State
from procurement.suppliers import service as suppliers

LOOK_JOB = "payables.look"
AUDITED = ("number", "kind", "state", "amount", "paid", "offset_amount", "returned", "in_payment", "consumed", "due_on")


@dataclass(frozen=True, slots=True)
class Corrected:
    """The invoice that a credit note corrects: its gross, and how much of it is credited, this note counted too."""

    invoice_id: UUID
    gross: Decimal
    credited: Decimal


@dataclass(frozen=True, slots=True)
class NewPayable:
    """An approved invoice; of a credit note (`is_credit`, 红字发票) the costs are as they stand there, negative.

    `costs`: amount per cost code, tax included. `delivered_on`: the last day of acceptance. `small_firm` None: as the
    supplier's file says, else the buyer's terms.
    """

    invoice_id: UUID
    number: str
    project_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    orders: tuple[UUID, ...]
    costs: Costs
    delivered_on: date
    currency: str
    is_credit: bool = False
    corrects: Corrected | None = None
    small_firm: bool | None = None


@dataclass(frozen=True, slots=True)
class NewAdvance:
    """Money before goods (预付款); with `orders` only their invoices are offset against it. `number` None: made."""

    number: str | None
    project_id: UUID
    supplier_id: UUID
    orders: tuple[UUID, ...]
    costs: Costs
    currency: str
    due_on: date
    note: str


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a payable and the version that the caller saw."""

    payable_id: UUID
    expected_version: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A payable with what today adds to it: days overdue, interest so far and for each further day."""

    payable: Payable
    days_overdue: int
    interest: Decimal
    interest_per_day: Decimal
    offsets: Sequence[Offset] = ()

    @property
    def version(self) -> int:
        """Of the payable, for the entity tag."""
        return self.payable.version


@dataclass(frozen=True, slots=True)
class _Setting:
    """What counts for the two on the day on which something is raised."""

    terms: PaymentTerms | None
    buyer_kind: BuyerKind
    small_firm: bool
    due: Due
    law_rule: str
    rate: Rate | None


async def raise_for_invoice(work: Work, new: NewPayable) -> list[Payable]:
    """For invoices, in the transaction that approves one: what is owed from now on.

    An invoice becomes a payable and, where the terms say so, one of withheld retention money; paid advances and open
    credits settle it in the order in which they arose. A credit note takes its part of the money still withheld of the
    invoice that it corrects, then settles open payables, the first due first, and what is left of it is a claim that
    later invoices are offset against. Answers the rows, the payable (or credit)
    first. AlreadyExists PAYABLE_ALREADY_RAISED; ValueError when costs and `is_credit` do not fit.
    """
    whole = rules.total(new.costs)
    if not whole or (whole < 0) != new.is_credit:
        raise ValueError("an invoice is above zero, a credit note below")
    session = await work.writing()
    await repository.lock_between(session, new.buyer_id, new.supplier_id)
    setting = await _setting(work, new.buyer_id, new.supplier_id, new.delivered_on, new.small_firm)
    if new.is_credit:
        costs = [(code, -amount) for code, amount in new.costs]
        credit = _invoiced(work, new, Kind.CREDIT, costs, setting)
        await repository.add(session, credit)
        await _settle_by(work, credit, new.corrects)
        _tell_raised(work, credit)
        return [credit]
    withheld = rules.retained(whole, setting.terms.retention_percent) if setting.terms else NONE
    kept = rules.parts(new.costs, withheld)
    payable = _invoiced(work, new, Kind.INVOICE, rules.less(new.costs, kept), setting)
    raised = [payable]
    await repository.add(session, payable)
    if withheld and setting.terms:
        raised.append(_retention(work, new, payable, kept, setting, setting.terms))
        await repository.add(session, raised[1])
    await _settle(work, [(payable, fund) for fund in await repository.funds(session, payable)])
    for row in raised:
        await _wind_clock(work, row)
        _tell_raised(work, row)
    return raised


async def raise_advance(work: Work, command: NewAdvance) -> Shown:
    """The accountant asks for money before goods: a payable without invoice. Paying it takes an approval as always."""
    work.require(permissions.PAYABLES_PREPARE)
    buyer_id = work.principal.organisation_id
    if command.supplier_id == buyer_id:
        raise errors.own_supplier()
    if rules.total(command.costs) <= 0:
        raise errors.nothing_owed()
    if command.due_on < work.today:
        raise errors.due_in_the_past()
    session = await work.writing()
    if not await repository.takes_part(session, work.principal, command.project_id, work.today):
        raise errors.project_not_found(command.project_id)
    # Terms and law speak of what was delivered: an advance is due when it was agreed to be, without interest.
    setting = replace(await _setting(work, buyer_id, command.supplier_id, work.today, None), law_rule="", rate=None)
    payable_id = new_id()
    advance = _row(
        work,
        Due(command.due_on, DueBy.GIVEN, "", None, None),
        setting,
        id=payable_id,
        number=command.number or f"AD-{work.today:%Y%m%d}-{payable_id.hex[-8:].upper()}",
        kind=Kind.ADVANCE,
        buyer_id=buyer_id,
        supplier_id=command.supplier_id,
        project_id=command.project_id,
        order_ids=list(command.orders),
        currency=command.currency,
        amount=rules.total(command.costs),
        costs=_costs(command.costs),
        delivered_on=work.today,
        note=command.note,
    )
    await repository.add(session, advance)
    await _wind_clock(work, advance)
    _tell_raised(work, advance)
    return _shown(work, advance)


async def release(work: Work, command: Verb) -> Shown:
    """The defects period is over, or the buyer waives it: retention money becomes payable."""
    work.require(permissions.PAYABLES_RELEASE)
    payable = await repository.get(await work.writing(), work.principal, command.payable_id, lock=True)
    check_version(payable, command.expected_version)
    before = audit.fields(payable, *AUDITED)
    payable.state = states.PAYABLE.apply(payable.state, Action.RELEASE)
    touch(payable, work)
    work.audit("payables.release", "payable", payable.id, before, audit.fields(payable, *AUDITED))
    work.emit(events.released(payable))
    return _shown(work, payable)


async def get(work: Work, payable_id: UUID) -> Shown:
    """What the buyer owes, with what settled it."""
    work.require(permissions.PAYABLES_READ)
    async with work.reading() as session:
        payable = await repository.get(session, work.principal, payable_id)
        return _shown(work, payable, await repository.offsets(session, payable_id))


async def page(work: Work, wanted: PayableFilter, request: PageRequest) -> Page[Shown]:
    """What the buyer owes, the first due first."""
    work.require(permissions.PAYABLES_READ)
    async with work.reading() as session:
        found = await repository.page(session, work.principal, wanted, request)
    return found.map(lambda payable: _shown(work, payable))


async def get_receivable(work: Work, payable_id: UUID) -> Shown:
    """For a supplier: what a buyer owes it. Only what `ReceivableOut` names leaves the house."""
    work.require(permissions.RECEIVABLES_READ)
    async with work.reading() as session:
        return _shown(work, await repository.shown(session, work.principal, payable_id))


async def page_of_receivables(work: Work, wanted: PayableFilter, request: PageRequest) -> Page[Shown]:
    """For a supplier: what its buyers owe it, the first due first."""
    work.require(permissions.RECEIVABLES_READ)
    async with work.reading() as session:
        found = await repository.page_shown(session, work.principal, wanted, request)
    return found.map(lambda payable: _shown(work, payable))


async def look(work: Work, payable_id: UUID) -> None:
    """For the job: warn about a payable that is not settled, once for each stage; silent when there is nothing new."""
    work.require(permissions.PAYABLES_CLOCK)
    payable = await repository.locked(await work.writing(), payable_id)
    stage = rules.warned(payable.due_on, work.today)
    if payable.state is State.SETTLED or stage is None or stage is payable.warned:
        return
    before = audit.fields(payable, "warned")
    payable.warned = stage
    touch(payable, work)
    work.audit("payables.warn", "payable", payable.id, before, audit.fields(payable, "warned"))
    work.emit(events.due(payable))


async def _setting(
    work: Work, buyer_id: UUID, supplier_id: UUID, delivered_on: date, small_firm: bool | None
) -> _Setting:
    session = await work.writing()
    law = repository.law()
    terms = await repository.terms_on(session, buyer_id, supplier_id, work.today)
    default = rules.in_force(law.defaults, work.today)
    buyer_kind = terms.buyer_kind if terms else default.buyer_kind if default else BuyerKind.OTHER
    if small_firm is None:
        small_firm = await suppliers.small_firm(work, buyer_id, supplier_id)
    if small_firm is None:
        small_firm = terms.small_firm if terms else default is not None and default.small_firm
    legal = rules.in_force((one for one in law.terms if one.buyer_kind is buyer_kind), work.today)
    legal = legal if small_firm else None
    agreed = rules.Agreed(terms.rule, terms.days, terms.source) if terms and terms.days is not None else None
    rate = rules.overdue_rate(
        terms.interest_percent if terms else None,
        rules.in_force(law.prime, work.today),
        rules.in_force(law.statutory, work.today),
        protected=legal is not None,
        source=terms.source if terms else "",
    )
    due = rules.due(delivered_on, agreed, legal)
    return _Setting(terms, buyer_kind, small_firm, due, legal.id if legal else "", rate)


def _row(work: Work, due: Due, setting: _Setting, **fields: Any) -> Payable:
    return Payable(
        created_at=work.now,
        updated_at=work.now,
        state=states.PAYABLE.initial,
        due_on=due.on,
        due_by=due.by,
        due_source=due.source,
        due_by_contract=due.by_contract,
        due_by_law=due.by_law,
        law_rule=setting.law_rule,
        terms_id=setting.terms.id if setting.terms else None,
        small_firm=setting.small_firm,
        buyer_kind=setting.buyer_kind,
        interest_percent=setting.rate.percent if setting.rate else None,
        interest_days=setting.rate.days if setting.rate else None,
        interest_source=setting.rate.source if setting.rate else "",
        **fields,
    )


def _invoiced(
    work: Work, new: NewPayable, kind: Kind, costs: Costs, setting: _Setting, due: Due | None = None
) -> Payable:
    prefix = {Kind.INVOICE: "AP", Kind.RETENTION: "RT", Kind.CREDIT: "CR"}[kind]
    return _row(
        work,
        due or setting.due,
        setting,
        id=new_id(),
        number=f"{prefix}-{new.number}",
        kind=kind,
        buyer_id=new.buyer_id,
        supplier_id=new.supplier_id,
        project_id=new.project_id,
        invoice_id=new.invoice_id,
        order_ids=list(new.orders),
        currency=new.currency,
        amount=rules.total(costs),
        costs=_costs(costs),
        delivered_on=new.delivered_on,
    )


def _retention(
    work: Work, new: NewPayable, payable: Payable, kept: Costs, setting: _Setting, terms: PaymentTerms
) -> Payable:
    ends = rules.add_months(new.delivered_on, terms.retention_months)
    row = _invoiced(work, new, Kind.RETENTION, kept, setting, Due(ends, DueBy.GIVEN, terms.source, ends, None))
    row.parent_id = payable.id
    row.state = states.PAYABLE.apply(row.state, Action.WITHHOLD)
    return row


async def _settle(work: Work, pairs: Sequence[tuple[Payable, Payable]]) -> None:
    """Each payable by each fund, in order, as far as both go."""
    for payable, fund in pairs:
        await _offset(work, payable, fund, payable.available)


async def _settle_by(work: Work, credit: Payable, corrects: Corrected | None) -> None:
    """What is withheld of the corrected invoice comes first: of goods that went back nothing is held as security."""
    debts = await repository.debts(await work.writing(), credit, corrects.invoice_id if corrects else None)
    for debt in debts:
        if corrects and debt.state is State.WITHHELD:
            part = rules.retained_of(debt.amount, corrects.gross, corrects.credited) - debt.offset_amount
            await _offset(work, debt, credit, part)
    await _settle(work, [(debt, credit) for debt in debts if debt.state is State.OPEN])


async def _offset(work: Work, payable: Payable, fund: Payable, most: Decimal) -> None:
    left = fund.paid - fund.consumed if fund.kind is Kind.ADVANCE else fund.available
    amount = min(most, payable.available, left)
    if amount <= 0:
        return
    before = [audit.fields(row, *AUDITED) for row in (payable, fund)]
    if fund.kind is Kind.ADVANCE:
        fund.consumed += amount
    else:
        fund.offset_amount += amount
    payable.offset_amount += amount
    payable.late_amount_days += amount * rules.days_late(payable.due_on, work.today)
    for row, old in zip((payable, fund), before, strict=True):
        close_if_settled(row)
        touch(row, work)
        work.audit("payables.offset", "payable", row.id, old, audit.fields(row, *AUDITED))
    offset = Offset(payable_id=payable.id, fund_id=fund.id, amount=amount, on_day=work.today)
    await repository.add(await work.writing(), offset)


def close_if_settled(payable: Payable) -> None:
    """Settled when nothing is open any more; for payments too."""
    if payable.state is not State.SETTLED and not payable.open_amount:
        payable.state = states.PAYABLE.apply(payable.state, Action.SETTLE)


async def _wind_clock(work: Work, payable: Payable) -> None:
    """A job for each day on which something may have to be said; days that are over are looked at at once."""
    if payable.state is State.SETTLED:
        return
    for day in rules.warning_days(payable.due_on):
        await work.enqueue(LOOK_JOB, {"payable_id": str(payable.id)}, due=max(day_begins(day), work.now))


def _shown(work: Work, payable: Payable, offsets: Sequence[Offset] = ()) -> Shown:
    days = rules.days_late(payable.due_on, work.today) if payable.kind is not Kind.CREDIT else 0
    if payable.interest_percent is None or payable.interest_days is None:
        return Shown(payable, days, NONE, NONE, offsets)
    late = payable.late_amount_days + payable.open_amount * days
    percent, per = payable.interest_percent, payable.interest_days
    each = payable.open_amount if days else NONE
    return Shown(payable, days, rules.interest(late, percent, per), rules.interest(each, percent, per), offsets)


def _costs(costs: Costs) -> list[dict[str, str]]:
    return [{"cost_code": code, "amount": decimal_text(amount)} for code, amount in costs]


def _tell_raised(work: Work, payable: Payable) -> None:
    work.emit(events.raised(payable))
    work.audit("payables.raise", "payable", payable.id, None, audit.fields(payable, *AUDITED))
