"""The wage guarantee (工资保证金): its rate, exemption, lodging, and what follows when wages are taken from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.wage_accounts import errors, repository, rules, states
from labour.wage_accounts.commands import clocks
from labour.wage_accounts.models import WageGuarantee
from labour.wage_accounts.rules import GuaranteeBasis
from labour.wage_accounts.states import ClockKind, GuaranteeAction, GuaranteeForm

AUDITED = ("state", "percent", "amount", "drawn", "form", "document_number", "valid_to", "reason")


@dataclass(frozen=True, slots=True)
class Lodging:
    """What was lodged on which day; a guarantee has a number and perhaps an end."""

    form: GuaranteeForm
    document_number: str
    valid_to: date | None
    lodged_on: date


async def register(work: Work, account_id: UUID, basis: GuaranteeBasis) -> WageGuarantee:
    """Put on record what has to be lodged; InvalidArgument PERCENT_OUTSIDE for a rate that may not be set."""
    work.require(permissions.WAGE_ACCOUNTS_MANAGE)
    session = await work.writing()
    account = await repository.own(session, work.principal, account_id)
    least, most = rules.percent_range(basis, repository.rules())
    if not least <= basis.percent <= most:
        raise errors.percent_outside(least, most)
    guarantee = WageGuarantee(
        created_at=work.now,
        updated_at=work.now,
        account_id=account.id,
        project_id=account.project_id,
        contractor_id=account.contractor_id,
        contract_amount=basis.contract_amount,
        percent=basis.percent,
        clean_years=basis.clean_years,
        several_projects=basis.several_projects,
        amount=rules.guarantee_amount(basis),
        state=states.GUARANTEE.initial,
    )
    await repository.add(session, guarantee, account.id)
    await clocks.start(work, guarantee, account.id, ClockKind.LODGE_GUARANTEE, account.signed_on)
    work.audit("wage-guarantees.register", "wage_guarantee", guarantee.id, None, audit.fields(guarantee, *AUDITED))
    return guarantee


async def exempt(work: Work, guarantee_id: UUID, expected: int | None, reason: str) -> WageGuarantee:
    """Nothing has to be lodged, by the authority's decision; FailedPrecondition NOT_EXEMPT when none is possible."""
    guarantee = await _act(work, guarantee_id, expected, GuaranteeAction.EXEMPT)
    basis = GuaranteeBasis(
        guarantee.contract_amount, guarantee.percent, guarantee.clean_years, guarantee.several_projects
    )
    if not rules.may_be_exempt(basis, repository.rules()):
        raise errors.not_exempt()
    guarantee.reason = reason
    await clocks.meet(work, guarantee.id, ClockKind.LODGE_GUARANTEE, work.today)
    return guarantee


async def lodge(work: Work, guarantee_id: UUID, expected: int | None, lodging: Lodging) -> WageGuarantee:
    """It is lodged, in money or as a guarantee."""
    if lodging.lodged_on > work.today:
        raise errors.in_future("/lodged_on")
    guarantee = await _act(work, guarantee_id, expected, GuaranteeAction.LODGE)
    guarantee.form, guarantee.document_number = lodging.form.value, lodging.document_number
    guarantee.valid_to = lodging.valid_to
    await clocks.meet(work, guarantee.id, ClockKind.LODGE_GUARANTEE, lodging.lodged_on)
    return guarantee


async def draw(
    work: Work, guarantee_id: UUID, expected: int | None, amount: Decimal, ordered_on: date, reason: str
) -> WageGuarantee:
    """The authority orders wages to be paid from it: two clocks run, to pay them out and to top it up again."""
    if ordered_on > work.today:
        raise errors.in_future("/ordered_on")
    guarantee = await _act(work, guarantee_id, expected, GuaranteeAction.DRAW)
    if amount > guarantee.amount:
        raise errors.more_than_lodged(guarantee.amount)
    guarantee.drawn, guarantee.reason = amount, reason
    for kind in (ClockKind.PAY_OUT_GUARANTEE, ClockKind.TOP_UP_GUARANTEE):
        await clocks.start(work, guarantee, guarantee.account_id, kind, ordered_on)
    return guarantee


async def pay_out(work: Work, guarantee_id: UUID, expected: int | None, day: date) -> WageGuarantee:
    """The drawn wages have reached the workers."""
    return await _done(work, guarantee_id, expected, day, GuaranteeAction.PAY_OUT, ClockKind.PAY_OUT_GUARANTEE)


async def top_up(work: Work, guarantee_id: UUID, expected: int | None, day: date) -> WageGuarantee:
    """What was drawn is lodged again."""
    guarantee = await _done(work, guarantee_id, expected, day, GuaranteeAction.TOP_UP, ClockKind.TOP_UP_GUARANTEE)
    guarantee.drawn = Decimal("0.00")
    return guarantee


async def release(work: Work, guarantee_id: UUID, expected: int | None, reason: str) -> WageGuarantee:
    """It is given back; FailedPrecondition WAGES_OPEN while wages of the project are not paid."""
    guarantee = await _act(work, guarantee_id, expected, GuaranteeAction.RELEASE)
    lines = await repository.open_lines(await work.writing(), guarantee.project_id)
    if lines:
        raise errors.arrears(lines)
    guarantee.reason = reason
    return guarantee


async def _done(
    work: Work, guarantee_id: UUID, expected: int | None, day: date, action: GuaranteeAction, kind: ClockKind
) -> WageGuarantee:
    if day > work.today:
        raise errors.in_future("/done_on")
    guarantee = await _act(work, guarantee_id, expected, action)
    await clocks.meet(work, guarantee.id, kind, day)
    return guarantee


async def _act(work: Work, guarantee_id: UUID, expected: int | None, action: GuaranteeAction) -> WageGuarantee:
    work.require(permissions.WAGE_ACCOUNTS_MANAGE)
    session = await work.writing()
    guarantee = await repository.guarantee(session, work.principal, work.today, guarantee_id, own=True)
    check_version(guarantee, expected)
    before = audit.fields(guarantee, "state")
    guarantee.state = states.GUARANTEE.apply(guarantee.state, action)
    touch(guarantee, work)
    work.audit(f"wage-guarantees.{action}", "wage_guarantee", guarantee.id, before, audit.fields(guarantee, "state"))
    return guarantee
