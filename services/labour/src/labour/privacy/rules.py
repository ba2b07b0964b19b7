"""What may be erased of a worker, and what is kept until which day by which rule. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from labour.codes.models import Status
from labour.codes.rules import in_force_on
from labour.workers.rules import add_years

ERASABLE = (
    "photo_file_id",
    "politics",
    "has_insurance",
    "health_record_until",
    "urgent_contact",
    "grant_org",
    "nation",
    "address",
    "cell_phone",
    "payroll_bank_card",
    "payroll_bank_code",
    "agreement_number",
    "birth_date",
    "certificates",
    "external_id",
    "name",
    "id_card_number",
)
"""Everything about a worker that tells who he is; `id_card_number` stands with the person, `certificates` apart."""

LOOK_AGAIN = timedelta(days=7)
"""After which a request is judged anew while nobody knows the day."""


class Applies(StrEnum):
    """When a retention rule holds."""

    EMPLOYMENT = "employment"
    SITE = "site"
    LISTING = "listing"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Fields that a law keeps; with `years` so long after the last wage was paid."""

    id: str
    applies: Applies
    fields: tuple[str, ...]
    years: int | None
    source: str
    status: Status
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Position:
    """What is known of a worker when erasure is judged.

    `agreement` is first and last day of the contract on record; `worked_until` his last day with attendance;
    `settled_through` the last day that is paid for, `paid_on` when; `listed` whether a blacklist entry of his counts or
    will, to `listed_until`.
    """

    agreement: tuple[date, date | None] | None
    on_project: bool
    worked_until: date | None
    settled_through: date | None
    paid_on: date | None
    listed: bool
    listed_until: date | None


@dataclass(frozen=True, slots=True)
class Block:
    """Fields that are kept, by which rule, to which day (None: not known yet); `waits_for` says for what."""

    rule: str
    source: str
    fields: tuple[str, ...]
    until: date | None
    waits_for: str

    def only(self, names: Collection[str]) -> Block:
        """The same for some of the fields."""
        return replace(self, fields=tuple(name for name in self.fields if name in names))


def blocks(position: Position, rules: Iterable[RetentionRule], today: date) -> list[Block]:
    """What is kept today; nothing when all may go."""
    found = []
    for rule in rules:
        if not in_force_on(rule.valid_from, rule.valid_to, today):
            continue
        until, waits_for = _hold(position, rule, today)
        if waits_for or (until is not None and until >= today):
            found.append(Block(rule.id, rule.source, rule.fields, until, waits_for))
    return found


def _hold(position: Position, rule: RetentionRule, today: date) -> tuple[date | None, str]:
    """To which day a rule keeps, and what it waits for; (None, "") when it does not hold."""
    if rule.applies is Applies.LISTING:
        open_end = position.listed and position.listed_until is None
        return position.listed_until, "listing" if open_end else ""
    if rule.applies is Applies.EMPLOYMENT:
        first, last = position.agreement or (today, date.min)
        if position.agreement is None or not in_force_on(first, last, today):
            return None, ""
        return last, "exit" if last is None else ""
    if position.on_project:
        return None, "exit"
    if position.worked_until is None:
        return None, ""
    if position.settled_through is None or position.settled_through < position.worked_until:
        return None, "wages"
    return None if position.paid_on is None else add_years(position.paid_on, rule.years or 0), ""


def free(blocked: Iterable[Block]) -> list[str]:
    """The fields that nothing keeps."""
    kept = {name for one in blocked for name in one.fields}
    return [name for name in ERASABLE if name not in kept]


def due(blocked: Sequence[Block], today: date) -> date:
    """When to judge again: the day after the first known end, a week from now while none is known."""
    ends = [one.until + timedelta(days=1) for one in blocked if one.until is not None]
    return min(ends, default=today + LOOK_AGAIN)
