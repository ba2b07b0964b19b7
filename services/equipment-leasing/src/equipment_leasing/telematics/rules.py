"""Pure rules of telematics: which machine a unit is, and which readings of its counter count.

Both see a page and what was known before it, and nothing else; so the order in which pages come makes no difference to
what counts in the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from equipment_leasing.telematics.models import MatchedBy
from equipment_leasing.telematics.reader import FeedMachine

AHEAD = timedelta(days=1)
"""How far a device's clock may run ahead; later readings are kept apart, they would poison the days between."""

ABOVE_ALL = Decimal(10) ** 9
"""Hours that no counter shows."""


class Match(StrEnum):
    """Which machine a unit is: its tie first, then serial number, then PIN, each only when it names exactly one."""

    MATCHED = "matched"
    UNMATCHED = "unmatched"  # a serial number or PIN that no machine of the lessor has
    NO_SERIAL = "no_serial"  # neither mapping, serial number nor PIN
    AMBIGUOUS = "ambiguous"  # several machines, or several units of the page, have it
    MACHINE_TAKEN = "machine_taken"  # another unit counts for that machine
    UNIDENTIFIED = "unidentified"  # not even an equipment id


@dataclass(frozen=True, slots=True)
class Matched:
    """The answer for one unit."""

    match: Match
    machine_id: UUID | None = None
    matched_by: MatchedBy | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A machine of the lessor."""

    machine_id: UUID
    serial_number: str | None
    pin: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """What was known before the page: units that are tied, machines that might be meant, machines that are taken."""

    tied: Mapping[str, tuple[UUID, MatchedBy]]
    candidates: Sequence[Candidate]
    taken: frozenset[UUID]


def key_of(machine: FeedMachine) -> str | None:
    """The name of a unit within its feed: its equipment id, else what identifies it otherwise; None without any."""
    if machine.equipment_id is not None:
        return machine.equipment_id
    if machine.serial_number is not None:
        return f"serial:{machine.serial_number}"
    return None if machine.pin is None else f"pin:{machine.pin}"


def match_page(machines: Sequence[FeedMachine], known: Known) -> list[Matched]:
    """One answer per machine of the page, in its order."""
    units = {key_of(machine): machine for machine in machines}
    serials = Counter(machine.serial_number for machine in units.values())
    pins = Counter(machine.pin for machine in units.values())
    taken: set[UUID | None] = set(known.taken)
    answers: dict[str, Matched] = {}
    for key, machine in units.items():
        if key is None:
            continue
        answer = _one(key, machine, known, serials, pins)
        if key not in known.tied and answer.machine_id is not None:
            if answer.machine_id in taken:
                answer = Matched(Match.MACHINE_TAKEN)
            taken |= {answer.machine_id} - {None}
        answers[key] = answer
    keys = [key_of(machine) for machine in machines]
    return [Matched(Match.UNIDENTIFIED) if key is None else answers[key] for key in keys]


def _one(
    key: str, machine: FeedMachine, known: Known, serials: Counter[str | None], pins: Counter[str | None]
) -> Matched:
    if key in known.tied:
        machine_id, matched_by = known.tied[key]
        return Matched(Match.MATCHED, machine_id, matched_by)
    answer = Matched(Match.NO_SERIAL)
    for value, count, matched_by in (
        (machine.serial_number, serials, MatchedBy.SERIAL_NUMBER),
        (machine.pin, pins, MatchedBy.PIN),
    ):
        if value is None:
            continue
        found = _having(known.candidates, value, matched_by)
        if len(found) == 1 and count[value] == 1:
            return Matched(Match.MATCHED, found[0], matched_by)
        answer = Matched(Match.AMBIGUOUS if found else Match.UNMATCHED)
        if found:
            break
    return answer


def _having(candidates: Iterable[Candidate], value: str, by: MatchedBy) -> list[UUID]:
    name = "serial_number" if by is MatchedBy.SERIAL_NUMBER else "pin"
    return [candidate.machine_id for candidate in candidates if getattr(candidate, name) == value]


@dataclass(frozen=True, slots=True, order=True)
class Reading:
    """Cumulative operating hours at an instant."""

    at: datetime
    hours: Decimal


def growing(readings: Sequence[Reading]) -> list[bool]:
    """For readings of one control unit in time order: does each count, that is, is none before it higher?"""
    highest: Decimal | None = None
    flags = []
    for reading in readings:
        counts = highest is None or reading.hours >= highest
        if counts:
            highest = reading.hours
        flags.append(counts)
    return flags


def series_of(at: datetime, replacements: Sequence[datetime]) -> int:
    """Which control unit made a reading: the number of replacements (更换控制器) up to that instant."""
    return sum(1 for replaced in replacements if replaced <= at)


class Taken(StrEnum):
    """What became of one reading."""

    COUNTED = "counted"
    LATE = "late"  # counted, between readings that were here before
    DUPLICATE = "duplicate"
    CONTRADICTS = "contradicts"  # same unit and time, other hours: the first one stays
    COUNTER_WENT_BACK = "counter_went_back"  # kept, not counted
    AHEAD_OF_TIME = "ahead_of_time"  # more than a day in the future, not kept
    NO_READING = "no_reading"
    INVALID_HOURS = "invalid_hours"
    INVALID_TIME = "invalid_time"


@dataclass(slots=True)
class Taking:
    """The result for one unit: what becomes of each new reading, which to insert, which flags change.

    `since`: the instant from which hours may have changed, None when they have not; `until`: to which.
    """

    taken: list[Taken]
    inserts: dict[datetime, tuple[Decimal, bool]] = field(default_factory=dict)
    flips: dict[datetime, bool] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None


def take(
    new: Sequence[Reading], before: Mapping[datetime, tuple[Decimal, bool]], replacements: Sequence[datetime]
) -> Taking:
    """Fit new readings of a unit between those that it has around them.

    `before`: time → (hours, counted) from the last counted reading before the new ones (of each control unit) to the
    first counted one behind them that is not lower than all of them.
    """
    kept = {at: hours for at, (hours, _) in before.items()}
    taken = []
    for reading in new:
        if reading.at in kept:
            same = kept[reading.at] == reading.hours
            taken.append(Taken.DUPLICATE if same else Taken.CONTRADICTS)
        else:
            kept[reading.at] = reading.hours
            taken.append(Taken.COUNTED)
    flags = _flags(kept, replacements)
    result = Taking(taken)
    for at, counts in flags.items():
        if at not in before:
            result.inserts[at] = (kept[at], counts)
        elif before[at][1] != counts:
            result.flips[at] = counts
    latest = max((at for at, (_, counted) in before.items() if counted), default=None)
    for index, reading in enumerate(new):
        if taken[index] is Taken.COUNTED and not flags[reading.at]:
            taken[index] = Taken.COUNTER_WENT_BACK
        elif taken[index] is Taken.COUNTED and latest is not None and reading.at < latest:
            taken[index] = Taken.LATE
    if result.flips or any(counts for _, counts in result.inserts.values()):
        result.since, result.until = min(kept), max(kept)
    return result


def _flags(kept: Mapping[datetime, Decimal], replacements: Sequence[datetime]) -> dict[datetime, bool]:
    flags: dict[datetime, bool] = {}
    series: dict[int, list[Reading]] = {}
    for at in sorted(kept):
        series.setdefault(series_of(at, replacements), []).append(Reading(at, kept[at]))
    for readings in series.values():
        flags |= dict(zip((reading.at for reading in readings), growing(readings), strict=True))
    return flags
