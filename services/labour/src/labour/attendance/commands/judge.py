"""Decides of each row of a batch whether it can be written, and what is odd about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from chassis.clock import SHANGHAI, shanghai_day
from chassis.errors import Violation
from labour.attendance import errors, rulebook, rules
from labour.attendance.rules import Location, NewSwipe, Place, RowFault, Standing
from labour.codes.models import SwipeLimits, WorkerDayRule
from labour.devices.models import Channel

NEVER = datetime.max.replace(tzinfo=UTC)
FAR = date(9000, 1, 1)
ONE_DAY = timedelta(days=1)


class SwipeRow(NamedTuple):
    """A swipe as the device sent it, and its place in the batch; `worker_id` is a UUID's canonical text."""

    place: int
    sequence: int
    worker_id: str
    at: datetime
    direction: str
    attend_type: str
    location: Location | None = None


@dataclass(slots=True)
class Recorded:
    """What became of a batch. Places that are in none of the three were accepted without remark."""

    batch_id: UUID
    size: int
    sequences: dict[int, int]
    refused: dict[int, Sequence[Violation]] = field(default_factory=dict)
    duplicates: set[int] = field(default_factory=set)
    warnings: dict[int, tuple[str, ...]] = field(default_factory=dict)
    geofence: dict[int, Place] = field(default_factory=dict)

    @property
    def accepted(self) -> int:
        """How many were taken for the first time."""
        return self.size - len(self.refused) - len(self.duplicates)

    def repeat(self, place: int, sent: tuple[str, datetime, str], stands: tuple[str, datetime, str]) -> None:
        """A number that has been used: for the same swipe that is harmless, for another it is refused."""
        if stands == sent:
            self.warnings.pop(place, None)
            self.duplicates.add(place)
        else:
            self.refuse(place, errors.SEQUENCE_REUSED)

    def warn(self, place: int, oddity: str) -> None:
        """Say what is odd about a row that is taken."""
        self.warnings[place] = (*self.warnings.get(place, ()), oddity)

    def refuse(self, place: int, fault: RowFault) -> None:
        """Refuse one row."""
        self.warnings.pop(place, None)
        self.refused[place] = [Violation(f"/swipes/{place}/{fault.field}", fault.code, fault.zh, fault.en)]


_ODD: Mapping[tuple[bool, bool], tuple[str, ...]] = {
    (True, False): ("LATE",),
    (False, True): ("PAPERS_LAPSED",),
    (True, True): ("LATE", "PAPERS_LAPSED"),
}
"""(late, papers lapsed) → warnings."""


_Spans = tuple[tuple[datetime, datetime], ...]
"""When a worker belongs to the project, as instants: whole days from entry to exit."""


@dataclass(slots=True)
class Judge:
    """Decides which rows can be written; the others are refused or repeated in `outcome`.

    `withheld` are the places of rows whose position was not taken for want of a consent: none is demanded of them.
    """

    now: datetime
    limits: SwipeLimits
    rule: WorkerDayRule
    channel: Channel
    locked: frozenset[tuple[str, date]]
    outcome: Recorded
    withheld: frozenset[int] = frozenset()

    def judge(self, rows: Sequence[SwipeRow], standing: Mapping[str, Standing]) -> dict[int, NewSwipe]:
        """The rows that can be written, by sequence number."""
        latest, oldest = self.now + self.limits.clock_tolerance, self.now - self.limits.oldest
        late_before = self.now - self.limits.late_after
        outcome, places, plain = self.outcome, self._places(standing), _plain_ways(self.channel)
        good: dict[int, NewSwipe] = {}
        ways = rulebook.ways()
        for row in rows:
            place, sequence, worker_id, sent_at, direction, attend_type, location = row
            at = sent_at.astimezone(UTC)
            one, spans, lapses = places.get(worker_id, _NOWHERE)
            if one is None or not oldest <= at <= latest or not _covers(spans, at):
                outcome.refuse(place, _why_not(one, at > latest, at < oldest))
                continue
            if attend_type not in plain:
                fault = self._fault_of_way(row)
                if fault is not None:
                    outcome.refuse(place, fault)
                    continue
            first = good.get(sequence)
            if first is not None:
                outcome.repeat(place, (worker_id, at, direction), first.what)
                continue
            lapsed = at >= lapses
            counted = not self.locked or self._is_open(one.employer_id, at)
            good[sequence] = NewSwipe(place, sequence, one, at, direction, attend_type, lapsed, counted, location)
            if lapsed or at < late_before:
                outcome.warnings[place] = _ODD[at < late_before, lapsed]
            if not counted:
                outcome.warn(place, "MONTH_LOCKED")
            remark = None if attend_type in plain else ways[attend_type].remark
            if remark is not None:
                outcome.warn(place, remark)
        return good

    def _is_open(self, employer_id: str, at: datetime) -> bool:
        return (employer_id, rules.work_day(at, self.rule).replace(day=1)) not in self.locked

    def _fault_of_way(self, row: SwipeRow) -> RowFault | None:
        way = rulebook.ways()[row.attend_type]
        if self.channel not in way.channels:
            return errors.WAY_NOT_OFFERED
        if way.direction not in (None, row.direction):
            return errors.WRONG_WAY_ROUND
        missing = row.location is None and row.place not in self.withheld
        if missing and self.channel in rulebook.demands_location():
            return errors.LOCATION_MISSING
        return None

    def _places(self, standing: Mapping[str, Standing]) -> dict[str, tuple[Standing | None, _Spans, datetime]]:
        # Most of a crew entered at the same moment and have papers to the same day: worked out once for all of them.
        lapses = {until: self._lapses(until) for until in {one.cleared_until for one in standing.values()}}
        spans = {
            stays: tuple((_midnight(entered), _end(left)) for entered, left in stays)
            for stays in {one.stays for one in standing.values()}
        }
        return {key: (one, spans[one.stays], lapses[one.cleared_until]) for key, one in standing.items()}

    def _lapses(self, until: date | None) -> datetime:
        return NEVER if until is None or until >= FAR else rules.day_begins(until + ONE_DAY, self.rule)


@lru_cache(maxsize=len(Channel))
def _plain_ways(channel: Channel) -> frozenset[str]:
    """Ways of attendance that demand nothing more of such a device, and are nothing odd."""
    if channel in rulebook.demands_location():
        return frozenset()
    return frozenset(
        code
        for code, way in rulebook.ways().items()
        if channel in way.channels and way.direction is None and way.remark is None
    )


_NOWHERE: tuple[None, _Spans, datetime] = (None, (), NEVER)


def _covers(spans: _Spans, at: datetime) -> bool:
    for first, end in spans:  # noqa: SIM110 - any() over a generator takes three times as long
        if first <= at < end:
            return True
    return False


def _why_not(standing: Standing | None, future: bool, too_old: bool) -> RowFault:
    if standing is None:
        return errors.NOT_ASSIGNED
    if future:
        return errors.FUTURE
    return errors.TOO_OLD if too_old else errors.NOT_ENTERED


def _end(left: datetime | None) -> datetime:
    return NEVER if left is None else _midnight(left) + ONE_DAY


@lru_cache(maxsize=4096)  # most of a crew enter at the same moment
def _midnight(at: datetime) -> datetime:
    return datetime.combine(shanghai_day(at), time(), SHANGHAI).astimezone(UTC)
