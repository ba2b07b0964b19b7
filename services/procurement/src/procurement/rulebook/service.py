"""Use cases of the rulebook. Reading is always as of a day; setting never touches a day that is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest, decode_token, encode_token
from chassis.work import Work
from procurement import permissions
from procurement.rulebook import errors, repository, rules
from procurement.rulebook.models import (
    SAID_BY_TERMS,
    CalendarYear,
    OrganisationRule,
    PriceSource,
    Rule,
    RuleKind,
    TaxRate,
)
from procurement.rulebook.repository import RuleFilter

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SetRule:
    """A rule of the caller's organisation from a day on."""

    kind: RuleKind
    material_prefix: str
    value: Decimal
    valid_from: date
    source: str


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """The `count`-th working day after `from_day`; `provisional` when it may still move."""

    from_day: date
    count: int
    day: date
    provisional: bool


async def set_rule(work: Work, command: SetRule) -> OrganisationRule:
    """Add a rule; what it replaces stays readable. RULE_IN_THE_PAST, NO_BRANCHES, SAID_BY_TERMS, OVER_THE_CAP."""
    work.require(permissions.RULES_SET)
    if command.valid_from < work.today:
        raise errors.in_the_past(work.today)
    if command.material_prefix and command.kind is not RuleKind.TOLERANCE_PERCENT:
        raise errors.no_branches(command.kind)
    if command.kind in SAID_BY_TERMS:
        raise errors.said_by_terms()
    cap = rules.cap_of(repository.caps(), command.kind, command.valid_from)
    if cap is not None and rules.over(cap, command.value):
        raise errors.over_the_cap(cap.value, cap.source)
    session = await work.writing()
    row = OrganisationRule(
        id=new_id(),
        created_at=work.now,
        updated_at=work.now,
        organisation_id=work.principal.organisation_id,
        kind=command.kind,
        material_prefix=command.material_prefix,
        value=command.value,
        valid_from=command.valid_from,
        source=command.source,
        created_by=work.principal.subject,
    )
    session.add(row)
    after = audit.fields(row, "kind", "material_prefix", "value", "valid_from", "source")
    work.audit("rules.set", "rule", row.id, None, after)
    return row


async def page(work: Work, wanted: RuleFilter, request: PageRequest) -> Page[OrganisationRule]:
    """All that the caller's organisation has ever set, newest first."""
    work.require(permissions.RULES_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def get_in_force(work: Work, kind: RuleKind, material_code: str, on: date | None) -> Rule:
    """The rule that counts for the caller's organisation on a day (today when None); NotFound RULE_NOT_SET."""
    work.require(permissions.RULES_READ)
    return await in_force(work, work.principal.organisation_id, kind, on or work.today, material_code)


async def in_force(work: Work, organisation_id: UUID, kind: RuleKind, on: date, material_code: str = "") -> Rule:
    """For other aggregates: the rule that counts for a buyer on a day; NotFound RULE_NOT_SET.

    Keep its `ref` and value with the document: a later rule does not change what was decided by this one.
    """
    async with work.reading() as session:
        own = await repository.own_rules(session, organisation_id, kind, on)
    rule = rules.applicable([*own, *repository.platform_rules()], kind, on, material_code)
    if rule is None:
        raise errors.rule_not_set(kind, on)
    return rule


async def calendar_year(work: Work, year: int) -> CalendarYear:
    """Holidays and worked weekends of a year; NotFound CALENDAR_YEAR_NOT_FOUND."""
    work.require(permissions.RULEBOOK_READ)
    found = repository.calendar().get(year)
    if found is None:
        raise errors.year_unknown(year)
    return found


async def working_day(work: Work, from_day: date, count: int) -> WorkingDay:
    """The `count`-th working day after a day; FailedPrecondition CALENDAR_ENDS beyond the calendar."""
    work.require(permissions.RULEBOOK_READ)
    calendar = repository.calendar()
    day = rules.add_working_days(calendar, from_day, count)
    return WorkingDay(from_day, count, day, calendar[day.year].provisional)


async def tax_rates(work: Work, on: date | None, request: PageRequest) -> Page[TaxRate]:
    """The tax rates in force on a day (today when None)."""
    work.require(permissions.RULEBOOK_READ)
    return _page(rules.tax_rates_on(repository.tax_rates(), on or work.today), request)


async def price_sources(work: Work, request: PageRequest) -> Page[PriceSource]:
    """Who publishes prices."""
    work.require(permissions.RULEBOOK_READ)
    return _page(repository.price_sources(), request)


def _page(rows: Sequence[T], request: PageRequest) -> Page[T]:
    # The rows are part of the release, so a position is as stable as a key.
    [start] = decode_token(request.token, [int]) if request.token else [0]
    start = max(0, start)
    end = start + request.size
    return Page(rows[start:end], encode_token([end]) if end < len(rows) else "")
