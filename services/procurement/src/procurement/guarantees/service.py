"""Use cases of guarantees."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.clock import day_begins
from chassis.files import service as files
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.guarantees import errors, events, repository, rules, states
from procurement.guarantees.models import Guarantee
from procurement.guarantees.repository import GuaranteeFilter
from procurement.guarantees.states import Action, Form, Kind, State

LOOK_JOB = "guarantees.look"
AUDITED = ("number", "issuer", "kind", "state", "amount", "claimed_amount", "valid_until", "alerted", "reason")


@dataclass(frozen=True, slots=True)
class NewGuarantee:
    """What the beneficiary, the caller's organisation, has received."""

    kind: Kind
    form: Form
    project_id: UUID
    applicant_id: UUID
    issuer: str
    number: str
    currency: str
    amount: Decimal
    valid_until: date
    file_id: UUID | None


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a guarantee, the version that the caller saw, and why."""

    guarantee_id: UUID
    expected_version: int | None
    reason: str = ""


async def record(work: Work, command: NewGuarantee) -> Guarantee:
    """Put a guarantee on record; jobs warn 30, 7 and 1 days before its end and end it the day after.

    The applicant sees the scan, too; InvalidArgument FILE_UNKNOWN unless the caller has uploaded it.
    """
    work.require(permissions.GUARANTEES_RECORD)
    if command.applicant_id == work.principal.organisation_id:
        raise errors.own_guarantee()
    if command.valid_until < work.today:
        raise errors.ends_too_early(work.today)
    session = await work.writing()
    if not await repository.takes_part(session, work.principal, command.project_id, work.today):
        raise errors.project_not_found(command.project_id)
    guarantee = Guarantee(
        id=new_id(),
        created_at=work.now,
        updated_at=work.now,
        state=states.GUARANTEE.initial,
        beneficiary_id=work.principal.organisation_id,
        **asdict(command),
    )
    await repository.add(session, guarantee)
    if command.file_id is not None:
        await files.attach(work, [command.file_id], share_with=[command.applicant_id], pointers=["/file_id"])
    await _wind_clock(work, guarantee)
    work.audit("guarantees.record", "guarantee", guarantee.id, None, audit.fields(guarantee, *AUDITED))
    return guarantee


async def get(work: Work, guarantee_id: UUID) -> Guarantee:
    """One guarantee."""
    work.require(permissions.GUARANTEES_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, guarantee_id)


async def page(work: Work, wanted: GuaranteeFilter, request: PageRequest) -> Page[Guarantee]:
    """The caller's guarantees, the first to end first."""
    work.require(permissions.GUARANTEES_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, work.today, request)


async def extend(work: Work, command: Verb, valid_until: date) -> Guarantee:
    """The issuer has prolonged it."""
    work.require(permissions.GUARANTEES_RECORD)
    guarantee = await _locked(work, command, Action.EXTEND)
    before = audit.fields(guarantee, *AUDITED)
    guarantee.state = states.GUARANTEE.apply(guarantee.state, Action.EXTEND)
    bound = max(guarantee.valid_until, work.today)
    if valid_until <= guarantee.valid_until or valid_until < work.today:
        raise errors.ends_too_early(bound)
    guarantee.valid_until, guarantee.alerted = valid_until, None
    await _wind_clock(work, guarantee)
    return _changed(work, guarantee, Action.EXTEND, before)


async def release(work: Work, command: Verb) -> Guarantee:
    """The beneficiary gives it back."""
    work.require(permissions.GUARANTEES_RECORD)
    guarantee = await _locked(work, command, Action.RELEASE)
    before = audit.fields(guarantee, *AUDITED)
    guarantee.state = states.GUARANTEE.apply(guarantee.state, Action.RELEASE)
    guarantee.reason = command.reason
    return _changed(work, guarantee, Action.RELEASE, before)


async def claim(work: Work, command: Verb, amount: Decimal) -> Guarantee:
    """The beneficiary draws on it, in full or in part, and says why."""
    work.require(permissions.GUARANTEES_CLAIM)
    guarantee = await _locked(work, command, Action.CLAIM)
    before = audit.fields(guarantee, *AUDITED)
    guarantee.state = states.GUARANTEE.apply(guarantee.state, Action.CLAIM)
    if not 0 < amount <= guarantee.amount:
        raise errors.claim_over_amount(guarantee.amount)
    guarantee.claimed_amount, guarantee.reason = amount, command.reason
    return _changed(work, guarantee, Action.CLAIM, before)


async def look(work: Work, guarantee_id: UUID) -> None:
    """For the job: warn once for each alert, end what is over; silent when it was released, claimed or prolonged."""
    work.require(permissions.GUARANTEES_CLOCK)
    guarantee = await repository.locked(await work.writing(), guarantee_id)
    if guarantee.state is not State.ACTIVE:
        return
    before = audit.fields(guarantee, *AUDITED)
    alert = rules.alert(guarantee.valid_until, work.today)
    if rules.is_over(guarantee.valid_until, work.today):
        guarantee.state = states.GUARANTEE.apply(guarantee.state, Action.EXPIRE)
        _changed(work, guarantee, Action.EXPIRE, before)
    elif alert is not None and alert != guarantee.alerted:
        guarantee.alerted = alert
        touch(guarantee, work)
        work.audit("guarantees.warn", "guarantee", guarantee.id, before, audit.fields(guarantee, *AUDITED))
    else:
        return
    work.emit(events.expiring(guarantee))


async def _locked(work: Work, command: Verb, action: Action) -> Guarantee:
    guarantee = await repository.get(await work.writing(), work.principal, command.guarantee_id, lock=True)
    if guarantee.beneficiary_id != work.principal.organisation_id:
        raise errors.not_yours(action)
    check_version(guarantee, command.expected_version)
    return guarantee


def _changed(work: Work, guarantee: Guarantee, action: Action, before: audit.Fields) -> Guarantee:
    touch(guarantee, work)
    work.audit(f"guarantees.{action}", "guarantee", guarantee.id, before, audit.fields(guarantee, *AUDITED))
    return guarantee


async def _wind_clock(work: Work, guarantee: Guarantee) -> None:
    for day in rules.looks(guarantee.valid_until):
        due = max(day_begins(day), work.now)
        await work.enqueue(LOOK_JOB, {"guarantee_id": str(guarantee.id)}, due=due)
