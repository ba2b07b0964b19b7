"""What may be erased of a worker, and what is kept until which day by which rule. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

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
    "positions",
    "health_records",
    "conduct",
    "site_records",
    "contracts",
    "wages",
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
    "traces",
)
"""Everything about a worker that tells who he is: the columns of his own row, `id_card_number` of the person's, and the
fields under which data/personal-data.json has those of other tables."""

TRACES = "traces"
"""What shows that the rest was lawful and where it went (consents, codes, filings): it goes with the last of it."""

POSITIONS = "positions"
"""Where his phone swipes were made."""

WAGES = "wages"
"""What a block waits for that ends with the last wage."""

LOOK_AGAIN = timedelta(days=7)
"""After which a request is judged anew while nobody knows the day."""


class Applies(StrEnum):
    """When a retention rule holds."""

    EMPLOYMENT = "employment"
    CONTRACT = "contract"
    SITE = "site"
    LISTING = "listing"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Fields that a law keeps; with `years` so long after the last wage was paid, or after the contract's last day."""

    id: str
    applies: Applies
    fields: tuple[str, ...]
    years: int | None
    source: str
    status: Status
    valid_from: date
    valid_to: date | None


class Unpaid(StrEnum):
    """Why wages are not settled; for the same month the first of these is told."""

    NOT_ON_A_SHEET = "not_on_a_sheet"
    NOT_APPROVED = "not_approved"
    TRANSFER_FAILED = "transfer_failed"
    NOT_PAID = "not_paid"


@dataclass(frozen=True, slots=True)
class Worked:
    """What a worker has done on a project in a month (its first day): days (none for pieces), and the first of them."""

    project_id: UUID
    month: date
    since: date
    days: Decimal


@dataclass(frozen=True, slots=True)
class SheetLine:
    """His line on a sheet that is not cancelled; `failed`: the bank sent its last transfer back."""

    project_id: UUID
    month: date
    regular: bool
    days: Decimal
    net: Decimal
    approved: bool
    paid_on: date | None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Owed:
    """Wages that are not settled: why, and since which day."""

    why: Unpaid
    since: date


def owed(worked: Iterable[Worked], lines: Iterable[SheetLine]) -> Owed | None:
    """The oldest wage that is not settled, as payroll's own rows tell it; None when everything is paid.

    Settled is a month whose work stands on a regular sheet, day by day, or was made good by a correction, and each of
    whose lines is paid or comes to nothing (保障农民工工资支付条例 art 28: 工资全部结清).
    """
    known: dict[tuple[UUID, date], list[SheetLine]] = {}
    for line in lines:
        known.setdefault((line.project_id, line.month), []).append(line)
    found = [Owed(Unpaid.NOT_ON_A_SHEET, one.since) for one in worked if not _on_a_sheet(one, known)]
    found += [Owed(why, line.month) for each in known.values() for line in each if (why := _unpaid(line)) is not None]
    order = list(Unpaid)
    return min(found, key=lambda one: (one.since.replace(day=1), order.index(one.why)), default=None)


def _on_a_sheet(work: Worked, known: Mapping[tuple[UUID, date], Sequence[SheetLine]]) -> bool:
    lines = known.get((work.project_id, work.month), ())
    counted = sum((line.days for line in lines), Decimal())
    corrected = any(not line.regular for line in lines)
    return any(line.regular for line in lines) and (corrected or counted >= work.days)


def _unpaid(line: SheetLine) -> Unpaid | None:
    if not line.approved:
        return Unpaid.NOT_APPROVED
    if line.paid_on is not None or line.net == 0:
        return None
    return Unpaid.TRANSFER_FAILED if line.failed else Unpaid.NOT_PAID


@dataclass(frozen=True, slots=True)
class Position:
    """What is known of a worker when erasure is judged.

    `agreement` is first and last day of the contract on record; `contract_until` the last day of his last contract in
    writing, when he has had one with an end; `worked_until` his last day with attendance; `owed` what of his wages is
    not settled, `paid_on` when the last of them was paid; `listed` whether a blacklist entry of his counts or will, to
    `listed_until`.
    """

    agreement: tuple[date, date | None] | None
    contract_until: date | None
    on_project: bool
    worked_until: date | None
    owed: Owed | None
    paid_on: date | None
    listed: bool
    listed_until: date | None


@dataclass(frozen=True, slots=True)
class Block:
    """Fields that are kept, by which rule, to which day (None: not known yet); `waits_for` says for what.

    What waits for wages says in `because` what is missing, since which day.
    """

    rule: str
    source: str
    fields: tuple[str, ...]
    until: date | None
    waits_for: str
    because: str = ""
    since: date | None = None

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
        if waits_for == WAGES and position.owed is not None:
            why, since = position.owed.why, position.owed.since
            found.append(Block(rule.id, rule.source, rule.fields, None, WAGES, why, since))
        elif waits_for or (until is not None and until >= today):
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
    if rule.applies is Applies.CONTRACT:
        last = position.contract_until
        return None if last is None else add_years(last, rule.years or 0), ""
    if position.on_project:
        return None, "exit"
    if position.owed is not None:
        return None, WAGES
    ends = [one for one in (position.paid_on, position.worked_until) if one is not None]
    return (add_years(max(ends), rule.years or 0), "") if ends else (None, "")


def free(blocked: Iterable[Block]) -> list[str]:
    """The fields that nothing keeps; traces only when nothing is kept at all."""
    kept = {name for one in blocked for name in one.fields}
    return [name for name in ERASABLE if name not in kept and not (kept and name == TRACES)]


def paid_before(rules: Iterable[RetentionRule], today: date) -> date:
    """The day before which wages must have been paid for their ledger to be anonymised."""
    years = [
        rule.years or 0
        for rule in rules
        if "wages" in rule.fields and in_force_on(rule.valid_from, rule.valid_to, today)
    ]
    return add_years(today, -max(years, default=0))


def due(blocked: Sequence[Block], today: date) -> date:
    """When to judge again: the day after the first known end, and within a week while one is not known."""
    return min(today + LOOK_AGAIN if one.until is None else one.until + timedelta(days=1) for one in blocked)


def named_by(external_id: str) -> tuple[str, str]:
    """How an answer names a worker by his employer's own number: in a member, and as a word of a Chinese text."""
    return f'"{external_id}"', f" {external_id} "


def without(answer: Any, worker_id: str, external_id: str) -> Any:
    """What an answer says of others than this worker; None when it is about him alone.

    He is whom an object names by `worker_id` or `id`; a row also by his `external_id`, or a fault of it in its text.
    What only refers to him, as a team to its leader, is about somebody else.
    """
    if isinstance(answer, Mapping):
        if worker_id in (answer.get("worker_id"), answer.get("id")):
            return None
        left = {name: without(one, worker_id, external_id) for name, one in answer.items()}
        return None if any(left[name] is None and answer[name] is not None for name in left) else left
    if isinstance(answer, list):
        rows = [one for one in answer if not _names(one, external_id)]
        kept = [(one, without(one, worker_id, external_id)) for one in rows]
        return [left for one, left in kept if left is not None or one is None]
    return answer


def _names(row: Any, external_id: str) -> bool:
    if not isinstance(row, Mapping) or not external_id:
        return False
    _, word = named_by(external_id)
    faults = [one for one in row.get("errors") or () if isinstance(one, Mapping)]
    return row.get("external_id") == external_id or any(word in str(one.get("detail")) for one in faults)
