"""Use cases of budgets: setting amounts, and what orders take of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from project_mgmt import permissions
from project_mgmt.budgets import errors, repository, rules, states
from project_mgmt.budgets.models import Budget, BudgetLine, Commitment, CommitmentLine
from project_mgmt.budgets.rules import NOTHING, CommitmentFilters, Hold
from project_mgmt.budgets.states import Action, State
from project_mgmt.projects import repository as projects
from project_mgmt.projects import rules as project_rules
from project_mgmt.projects import states as project_states

LAPSE = "budgets.lapse"
_AUDITED = ("order_id", "change_id", "state", "currency", "expires_at")


@dataclass(frozen=True, slots=True)
class LineCommand:
    """A cost code's budget."""

    cost_code: str
    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class SetBudget:
    """A project's whole budget; `expected_version` is None for the first one."""

    project_id: UUID
    expected_version: int | None
    currency: str
    lines: Sequence[LineCommand]


@dataclass(frozen=True, slots=True)
class OrderCosts:
    """An order's amounts by cost code, as procurement asks for them or tells them as a fact.

    With a `change_id` they are what that change adds to the order. `version` is the order's when the fact was told.
    """

    project_id: UUID
    order_id: UUID
    organisation_id: UUID
    currency: str
    amounts: Mapping[str, Decimal]
    change_id: UUID | None = None
    version: int = 1


async def get(work: Work, project_id: UUID) -> Budget:
    """A project's budget with its lines."""
    work.require(permissions.BUDGETS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, project_id, work.today)


async def commitment_page(
    work: Work, project_id: UUID, filters: CommitmentFilters, request: PageRequest
) -> Page[Commitment]:
    """What orders hold of a project's budget."""
    work.require(permissions.BUDGETS_READ)
    async with work.reading() as session:
        await projects.get_steered(session, work.principal, project_id, work.today)
        return await repository.page(session, work.principal, project_id, filters, request, work.today)


async def set_budget(work: Work, command: SetBudget) -> Budget:
    """Set or replace all amounts; none may fall below what orders hold of it."""
    work.require(permissions.BUDGETS_SET)
    session = await work.writing()
    project = await projects.get_managed(session, work.principal, command.project_id, work.today)
    project_states.demand_open(project.state)
    budget = await repository.for_setting(session, project.id)
    before = None if budget is None else _budget_fields(budget)
    if budget is None:
        budget = Budget(
            version=0,
            created_at=work.now,
            updated_at=work.now,
            project_id=project.id,
            currency=command.currency,
            lines=[],
        )
        session.add(budget)
    elif command.expected_version is None:
        raise errors.budget_exists(budget.version)
    check_version(budget, command.expected_version)
    _replace(budget, command)
    touch(budget, work)
    await session.flush()
    budget.lines.sort(key=lambda line: line.cost_code)
    work.audit("budgets.set", "budget", budget.id, before, _budget_fields(budget))
    return budget


def _replace(budget: Budget, command: SetBudget) -> None:
    lines = [row.line() for row in budget.lines]
    if budget.currency != command.currency and any(line.committed for line in lines):
        raise errors.other_currency(budget.currency, command.currency)
    wanted = {line.cost_code: line for line in command.lines}
    low = rules.below_committed(lines, {code: line.amount for code, line in wanted.items()})
    if low:
        raise errors.below_committed(low, budget.currency)
    budget.currency = command.currency
    standing = {row.cost_code: row for row in budget.lines}
    for code, row in standing.items():
        if code in wanted:
            row.name, row.amount, row.overdrawn = wanted[code].name, wanted[code].amount, False
        else:
            budget.lines.remove(row)
    for code, line in wanted.items():
        if code not in standing:
            budget.lines.append(
                BudgetLine(
                    budget_id=budget.id,
                    cost_code=code,
                    name=line.name,
                    amount=line.amount,
                    reserved=rules.ZERO,
                    confirmed=rules.ZERO,
                    overdrawn=False,
                )
            )


async def commit(work: Work, asked: OrderCosts, keep: timedelta) -> Commitment:
    """Reserve budget for an order, for `keep` unless its fact confirms it before.

    Asked again with the same amounts it answers the same reservation; other amounts replace one that is not
    confirmed. FailedPrecondition BUDGET_EXCEEDED, BUDGET_NOT_SET, CURRENCY_MISMATCH, BUYER_NOT_PARTY, and
    INVALID_STATE for an order that is cancelled.
    """
    work.require(permissions.BUDGETS_COMMIT)
    session = await work.writing()
    project = await projects.get(session, work.principal, asked.project_id, work.today)
    commitment, made = await repository.begin(session, _new(work, asked, State.RESERVED, keep))
    if not made and _stands(commitment, asked, work):
        return commitment
    project_states.demand_ordering(project.state)
    parts = [party.part() for party in project.parties]
    if not project_rules.roles_of(parts, asked.organisation_id, work.today):
        raise errors.buyer_not_party(asked.organisation_id)
    state = states.COMMITMENT.initial if made else states.COMMITMENT.apply(commitment.state, Action.RESERVE)
    before, fields = (NOTHING, None) if made else (commitment.hold(), _fields(commitment))
    after = Hold(state, asked.amounts)
    budget = await repository.for_spending(session, project.id)
    if budget is None:
        raise errors.not_set(sorted(asked.amounts))
    if budget.currency != asked.currency:
        raise errors.other_currency(budget.currency, asked.currency)
    rows = await repository.lines_for_update(session, budget.id, {*before.counted, *after.counted})
    unset = sorted(code for code in asked.amounts if code not in rows)
    if unset:
        raise errors.not_set(unset)
    short = rules.shortages({code: row.line() for code, row in rows.items()}, before, asked.amounts)
    if short:
        raise errors.exceeded(short, budget.currency)
    _move(rows, before, after, may_overdraw=False)
    _become(commitment, Action.RESERVE, asked, after, made=made, work=work)
    commitment.expires_at = work.now + keep
    work.audit("budgets.commit", "commitment", commitment.id, fields, _fields(commitment))
    await work.enqueue(LAPSE, {"commitment_id": str(commitment.id)}, due=commitment.expires_at)
    return commitment


def _stands(commitment: Commitment, asked: OrderCosts, work: Work) -> bool:
    """Whether exactly this is held already; a reservation whose time is over is made anew."""
    if commitment.project_id != asked.project_id:
        raise errors.other_project(asked.order_id)
    same = commitment.hold().amounts == asked.amounts and commitment.currency == asked.currency
    if commitment.state is State.MERGED:
        return True
    if commitment.state is State.CONFIRMED:
        if not same:
            raise errors.already_confirmed(asked.order_id)
        return True
    live = commitment.expires_at is not None and commitment.expires_at > work.now
    return commitment.state is State.RESERVED and same and live


async def confirm(work: Work, fact: OrderCosts) -> Commitment:
    """OrderApproved, OrderAmendmentApproved: what the order costs (or the change adds) is committed, whatever was
    reserved, lapsed or never asked for; an older fact that comes late changes nothing.

    The fact is the truth, so it may pass the budget; the line is flagged overdrawn then.
    """
    return await _apply_fact(work, fact, Action.CONFIRM)


async def recommit(work: Work, fact: OrderCosts, merged: UUID | None) -> Commitment:
    """OrderCommitmentChanged: the order holds these amounts now, those of the change `merged` among them."""
    change = None if merged is None else await _change_of(work, replace(fact, change_id=merged, amounts={}))
    commitment = await _apply_fact(work, fact, Action.CONFIRM)
    if change is not None:
        await _settle(work, change, Action.MERGE)
    return commitment


async def _change_of(work: Work, fact: OrderCosts) -> Commitment:
    """The change's own row, locked before any budget line is; made when this fact comes before all others of it."""
    work.require(permissions.BUDGETS_APPLY)
    session = await work.writing()
    await projects.get(session, work.principal, fact.project_id, work.today)
    change, _ = await repository.begin(session, _new(work, fact, State.MERGED, None))
    if change.project_id != fact.project_id:
        raise errors.other_project(fact.order_id)
    return change


async def cancel(work: Work, fact: OrderCosts) -> Commitment:
    """OrderCancelled, OrderAmendmentDropped: nothing is held any more; an approval that comes later is too late."""
    return await _apply_fact(work, fact, Action.CANCEL)


async def release(work: Work, project_id: UUID, order_id: UUID, change_id: UUID | None = None) -> None:
    """Give back what an order holds, or only what a change of it has reserved.

    Unknown orders are no error, because giving back twice is none either.
    """
    work.require(permissions.BUDGETS_COMMIT)
    session = await work.writing()
    commitment = await repository.commitment_of(session, order_id, change_id)
    if commitment is None:
        return
    if commitment.project_id != project_id:
        raise errors.other_project(order_id)
    await _settle(work, commitment, Action.RELEASE)


async def lapse(work: Work, commitment_id: UUID) -> None:
    """A reservation ends whose time is over and that no fact has confirmed; safe to run twice."""
    work.require(permissions.BUDGETS_APPLY)
    session = await work.writing()
    commitment = await repository.commitment_by_id(session, commitment_id)
    if commitment is None or commitment.state is not State.RESERVED:
        return
    if commitment.expires_at is not None and commitment.expires_at > work.now:
        # Asked for again meanwhile, or our clock is behind the one that woke the job: without another job nobody
        # would ever come back to it.
        await work.enqueue(LAPSE, {"commitment_id": str(commitment.id)}, due=commitment.expires_at)
        return
    await _settle(work, commitment, Action.LAPSE)


async def _apply_fact(work: Work, fact: OrderCosts, action: Action) -> Commitment:
    work.require(permissions.BUDGETS_APPLY)
    session = await work.writing()
    await projects.get(session, work.principal, fact.project_id, work.today)
    first = State.CONFIRMED if action is Action.CONFIRM else State.CANCELLED
    commitment, made = await repository.begin(session, _new(work, fact, first, None))
    if commitment.project_id != fact.project_id:
        raise errors.other_project(fact.order_id)
    if made:
        target, before, fields = first, NOTHING, None
    elif action is Action.CONFIRM and fact.version <= commitment.order_version:
        return commitment
    else:
        target = states.COMMITMENT.apply(commitment.state, action)
        before, fields = commitment.hold(), _fields(commitment)
    amounts = fact.amounts if made or target is State.CONFIRMED else before.amounts
    after = Hold(target, amounts)
    commitment.order_version = max(commitment.order_version, fact.version)
    if before == after:
        return commitment
    await _transfer(work, commitment, before, after, fact.currency)
    _become(commitment, action, fact, after, made=made, work=work)
    work.audit(f"budgets.{action}", "commitment", commitment.id, fields, _fields(commitment))
    return commitment


async def _settle(work: Work, commitment: Commitment, action: Action) -> None:
    """Move a commitment to a state in which it holds nothing; its amounts stay on record."""
    before, fields = commitment.hold(), _fields(commitment)
    after = Hold(states.COMMITMENT.apply(commitment.state, action), before.amounts)
    if before == after:
        return
    await _transfer(work, commitment, before, after, commitment.currency)
    commitment.state = states.COMMITMENT.apply(commitment.state, action)
    commitment.expires_at = None
    touch(commitment, work)
    work.audit(f"budgets.{action}", "commitment", commitment.id, fields, _fields(commitment))


async def _transfer(work: Work, commitment: Commitment, before: Hold, after: Hold, currency: str) -> None:
    """Move what the lines count, making lines for what no budget was set for."""
    codes = {*before.counted, *after.counted}
    if not codes:
        return
    session = await work.writing()
    budget = await repository.ensure(session, commitment.project_id, currency, work.now)
    if budget.currency != currency:
        raise errors.other_currency(budget.currency, currency)
    await repository.ensure_lines(session, budget.id, after.counted)
    rows = await repository.lines_for_update(session, budget.id, codes)
    _move(rows, before, after, may_overdraw=True)


def _move(rows: Mapping[str, BudgetLine], before: Hold, after: Hold, *, may_overdraw: bool) -> None:
    for row in rows.values():
        moved = rules.move(row.line(), before, after)
        row.reserved, row.confirmed = moved.reserved, moved.confirmed
        # A reservation may only clear the flag: were it ever to pass the budget, the database's CHECK refuses it.
        row.overdrawn = moved.overdrawn and (may_overdraw or row.overdrawn)


def _new(work: Work, costs: OrderCosts, state: State, keep: timedelta | None) -> Commitment:
    return Commitment(
        id=new_id(),
        created_at=work.now,
        updated_at=work.now,
        project_id=costs.project_id,
        order_id=costs.order_id,
        change_id=costs.change_id,
        organisation_id=costs.organisation_id,
        state=state,
        currency=costs.currency,
        expires_at=None if keep is None else work.now + keep,
    )


def _become(commitment: Commitment, action: Action, costs: OrderCosts, after: Hold, *, made: bool, work: Work) -> None:
    """Write down what the commitment is now; one that was just made stands in its first state already."""
    commitment.currency, commitment.organisation_id = costs.currency, costs.organisation_id
    commitment.expires_at = None
    standing = {line.cost_code: line for line in commitment.lines}
    for code, line in standing.items():
        if code in after.amounts:
            line.amount = after.amounts[code]
        else:
            commitment.lines.remove(line)
    for code, amount in after.amounts.items():
        if code not in standing:
            commitment.lines.append(CommitmentLine(commitment_id=commitment.id, cost_code=code, amount=amount))
    if not made:
        commitment.state = states.COMMITMENT.apply(commitment.state, action)
        touch(commitment, work)


def _fields(commitment: Commitment) -> audit.Fields:
    lines = {line.cost_code: str(line.amount) for line in commitment.lines}
    return audit.fields(commitment, *_AUDITED) | {"lines": lines}


def _budget_fields(budget: Budget) -> audit.Fields:
    lines = {line.cost_code: str(line.amount) for line in budget.lines}
    return {"currency": budget.currency, "lines": lines}
