"""Who needs how many hours by when, and what he has of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from labour.codes.rules import nearest
from labour.courses.models import ENTRY_LEVELS, Category
from labour.training.models import Duty, HoursRule, RequirementKind, TrainingRules
from labour.workers.rules import add_months

NONE = Decimal("0.00")
ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Trained:
    """Hours of a course on a day; `by_session` when a closed session says so, else the employer told it."""

    day: date
    hours: Decimal
    course: str
    by_session: bool


@dataclass(frozen=True, slots=True)
class LevelHours:
    """Hours of an entry level on a day, on a project if the session was for one."""

    level: Category
    day: date
    hours: Decimal
    project_id: UUID | None


@dataclass(frozen=True, slots=True)
class DutyFrom:
    """What somebody does from a day on, and whether he came to it from another job."""

    since: date
    duty: Duty
    job_change: bool


@dataclass(frozen=True, slots=True)
class HourFacts:
    """What is known of a worker's training.

    `restarted_on` is the first day after the last year without training and attendance (None: never), `last_on` the
    last day with either. `on_site`: he is assigned to a project that he has not left.
    """

    worker_id: UUID
    employer_id: UUID
    city: str
    special_trade: bool
    on_site: bool
    known_since: date
    restarted_on: date | None
    last_on: date | None
    duties: tuple[DutyFrom, ...]
    trained: tuple[Trained, ...]
    entry: tuple[LevelHours, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the entry training (三级安全教育)."""

    level: Category
    required: Decimal
    done: Decimal

    @property
    def complete(self) -> bool:
        """Whether the level's hours are there."""
        return self.done >= self.required


@dataclass(frozen=True, slots=True)
class EntryTraining:
    """The three levels since `begins_on`; `valid_until` is the last day on which they hold without news."""

    levels: tuple[Level, ...]
    begins_on: date
    valid_until: date | None
    source: str

    @property
    def missing(self) -> list[Category]:
        """The levels that lack hours."""
        return [one.level for one in self.levels if not one.complete]


@dataclass(frozen=True, slots=True)
class Standing:
    """One requirement as it stands; `urgent` when somebody has to act now."""

    period: str
    kind: RequirementKind
    year: int
    required: Decimal
    done: Decimal
    missing_levels: tuple[Category, ...]
    train_by: date
    source: str
    urgent: bool


def rule_on(rules: TrainingRules, city: str, on: date) -> HoursRule:
    """The rule of the nearest division on a day; before the first one the earliest, so that no day is without."""
    found = nearest(rules.hours, city, on)
    return found[0] if found else min(rules.hours, key=lambda one: one.valid_from)


def duty_on(facts: HourFacts, on: date) -> Duty:
    """What he does on a day: as the employer told last, else a special trade by his work type, else ordinary work."""
    told = [one.duty for one in facts.duties if one.since <= on]
    if told:
        return told[-1]
    return Duty.SPECIAL_TRADE if facts.special_trade else Duty.ORDINARY


def entry_training(
    facts: HourFacts, project_id: UUID | None, on: date, rules: TrainingRules, months: int
) -> EntryTraining:
    """The three levels on a day. Project and team level count on the project of their session (None: on any).

    After `months` without training and attendance all three are needed again. An employer's own record of the whole
    entry training counts for all levels when its hours do.
    """
    rule = rule_on(rules, facts.city, on)
    until = add_months(facts.last_on, months) if facts.last_on is not None else None
    begins = facts.restarted_on or min([facts.known_since, *(one.day for one in facts.trained)])
    if until is not None and until < on:
        begins = until + timedelta(days=1)
    whole = any(
        one.day >= begins
        and one.course in rules.whole_entry_courses
        and not one.by_session
        and one.hours >= sum(rule.entry.values())
        for one in facts.trained
        if one.day <= on
    )
    levels = tuple(
        Level(level, rule.entry[level], rule.entry[level] if whole else _done(facts, level, project_id, begins, on))
        for level in ENTRY_LEVELS
    )
    complete = all(one.complete for one in levels)
    return EntryTraining(levels, begins, until if complete else None, rule.source)


def _done(facts: HourFacts, level: Category, project_id: UUID | None, begins: date, on: date) -> Decimal:
    return sum(
        (
            one.hours
            for one in facts.entry
            if one.level is level and begins <= one.day <= on and _counts_there(one, project_id)
        ),
        NONE,
    )


def _counts_there(one: LevelHours, project_id: UUID | None) -> bool:
    everywhere = one.level is Category.ENTRY_COMPANY or one.project_id is None or project_id is None
    return everywhere or one.project_id == project_id


def standings(facts: HourFacts, years: Iterable[int], today: date, rules: TrainingRules, months: int) -> list[Standing]:
    """Every requirement of a worker as of today: entry, the named years, each job change."""
    found = [_entry(facts, today, rules, months)]
    found += [_yearly(facts, year, today, rules) for year in sorted(set(years))]
    found += [_job_change(facts, one, rules) for one in facts.duties if one.job_change and one.since <= today]
    return found


def _entry(facts: HourFacts, today: date, rules: TrainingRules, months: int) -> Standing:
    entry = entry_training(facts, None, today, rules, months)
    due = entry.valid_until if not entry.missing and entry.valid_until is not None else entry.begins_on
    required = sum((one.required for one in entry.levels), NONE)
    done = sum((min(one.done, one.required) for one in entry.levels), NONE)
    urgent = bool(entry.missing) or due - rules.entry_lapse_warning <= today
    return Standing(
        ENTRY,
        RequirementKind.ENTRY,
        due.year,
        required,
        done,
        tuple(entry.missing),
        due,
        entry.source,
        urgent and facts.on_site,
    )


def _yearly(facts: HourFacts, year: int, today: date, rules: TrainingRules) -> Standing:
    last = date(year, 12, 31)
    rule = rule_on(rules, facts.city, last)
    required = rule.yearly[duty_on(facts, min(last, today))]
    done = sum((one.hours for one in facts.trained if one.day.year == year), NONE)
    urgent = done < required and last - rules.year_end_warning <= today and facts.on_site
    return Standing(str(year), RequirementKind.YEARLY, year, required, done, (), last, rule.source, urgent)


def _job_change(facts: HourFacts, change: DutyFrom, rules: TrainingRules) -> Standing:
    rule = rule_on(rules, facts.city, change.since)
    done = sum((one.hours for one in facts.trained if one.day >= change.since), NONE)
    return Standing(
        change.since.isoformat(),
        RequirementKind.JOB_CHANGE,
        change.since.year,
        rule.job_change,
        done,
        (),
        change.since,
        rule.source,
        done < rule.job_change and facts.on_site,
    )


def in_order(duties: Sequence[DutyFrom]) -> tuple[DutyFrom, ...]:
    """Duties from the first day to the last."""
    return tuple(sorted(duties, key=lambda one: one.since))


def percent(part: int, whole: int) -> Decimal:
    """How many of a hundred, two places; none of nobody."""
    return (Decimal(100 * part) / Decimal(whole or 1)).quantize(NONE)
