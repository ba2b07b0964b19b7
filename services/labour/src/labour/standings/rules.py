"""An employer's standing out of what is known of his projects, over plain values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from labour.codes.models import Calendar
from labour.codes.rules import EVERYWHERE, nearest
from labour.evidence.rules import Deadlines, due_on, last_day
from labour.warnings.models import Level

ORDER = tuple(Level)


@dataclass(frozen=True, slots=True)
class Listed:
    """That an authority has listed the employer, from when to which last day, by which decisions."""

    since: date
    until: date
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is said of an organisation on a day: figures, no person, no project.

    `level` is the worst early warning over his projects and `level_since` the day from which that one stands;
    `outstanding_months` are months of which wages are overdue, `oldest_month` the first of them.
    """

    organisation_id: UUID
    level: Level
    level_since: date | None
    listed: Listed | None
    outstanding_months: int
    oldest_month: date | None


def standing_levels(rows: Iterable[tuple[UUID, Level, date]]) -> list[tuple[Level, date]]:
    """Per project the level that stands, and since when: the oldest of the newest rows that all say the same.

    `rows` are (project, level, day), per project the newest first.
    """
    found: dict[UUID, tuple[Level, date]] = {}
    over: set[UUID] = set()
    for project, level, day in rows:
        if project in over:
            continue
        if project not in found or found[project][0] is level:
            found[project] = level, day
        else:
            over.add(project)
    return list(found.values())


def worst(levels: Iterable[tuple[Level, date]]) -> tuple[Level, date | None]:
    """The worst level over projects and the day since which it stands, the earliest of equal ones; none without."""
    warned = [(level, since) for level, since in levels if level is not Level.NONE]
    if not warned:
        return Level.NONE, None
    level = max((one for one, _ in warned), key=ORDER.index)
    return level, min(since for one, since in warned if one is level)


@dataclass(frozen=True, slots=True)
class Owed:
    """What was open of wages for a month (its first day) in a city at the end of a day: codes of gaps."""

    month: date
    city: str
    codes: frozenset[str]


def overdue(owed: Iterable[Owed], deadlines: Iterable[Deadlines], calendar: Calendar, on: date) -> list[date]:
    """The months of which something that was open on a day had been due before it."""
    known = tuple(deadlines)
    found = []
    for one in owed:
        [rules] = nearest(known, one.city or EVERYWHERE, last_day(one.month))
        if any(due_on(one.month, None, rules.gaps[code], calendar).on < on for code in one.codes):
            found.append(one.month)
    return found


def outstanding(months: Sequence[date]) -> tuple[int, date | None]:
    """How many different months, and the first."""
    return len(set(months)), min(months, default=None)
