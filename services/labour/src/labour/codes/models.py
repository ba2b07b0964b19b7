"""What code tables and rule sets are made of: plain values, read from the data files of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta, timezone
from decimal import Decimal
from enum import StrEnum


class Sex(StrEnum):
    """As the resident identity card has it."""

    MALE = "male"  # 男
    FEMALE = "female"  # 女


class RiskClass(StrEnum):
    """Of the works, for the age rule: hazardous is underground, high, hot or heavy (井下、高空、高温、繁重)."""

    NORMAL = "normal"
    HAZARDOUS = "hazardous"


class Status(StrEnum):
    """How sure a rule is."""

    VERIFIED = "V"
    SECOND_HAND = "S"
    PRACTICE = "B"


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a code table; `valid_to` is its last day, None while new entries may use it."""

    code: str
    zh: str
    en: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class TableVersion:
    """An edition of a code table: whence it comes and since when it is in force."""

    version: str
    source: str
    status: Status
    valid_from: date


@dataclass(frozen=True, slots=True)
class CodeTable:
    """One table of the national real-name platform, e.g. `work_type` (工种), with every code that it ever had.

    `versions` are its editions, the oldest first.
    """

    name: str
    codes: Mapping[str, Code]
    versions: tuple[TableVersion, ...]


class AgeKind(StrEnum):
    """Which end of the admitted ages a rule sets."""

    MIN_AGE = "min_age"
    MAX_AGE = "max_age"


@dataclass(frozen=True, slots=True)
class AgeRule:
    """`age` is the first (min_age) or last (max_age) admitted age in completed years.

    `city` is a national administrative division code, or `*` for every city without a rule of its own.
    """

    city: str
    kind: AgeKind
    age: int
    sexes: frozenset[Sex]
    risk_classes: frozenset[RiskClass]
    work_roles: frozenset[str]
    source: str
    status: Status
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Gate:
    """Where a gate (进场关口) comes from and since when."""

    source: str
    status: Status
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class HealthRule:
    """Where a medical examination (体检) is asked for: a city (`*`: every one) and the risk classes of the work."""

    city: str
    risk_classes: frozenset[RiskClass]
    source: str
    status: Status
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class EntryLevelRule:
    """Where each of the three levels of the entry training (三级安全教育) is asked for at the gate; `*`: everywhere."""

    city: str
    source: str
    status: Status
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class CertificateWarning:
    """How many days before its end a certificate is warned of."""

    days: int
    source: str
    status: Status
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class EntryRules:
    """Everything that decides who may enter a site."""

    age: tuple[AgeRule, ...]
    agreement: Gate
    training: Gate
    training_months_without_data: int
    registration: Gate
    registration_fields: tuple[str, ...]
    certificate: Gate
    readmission: Gate
    blacklist: Gate
    health: tuple[HealthRule, ...]
    entry_levels: tuple[EntryLevelRule, ...]
    special_trades: frozenset[str]
    trade_of_work_type: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WorkerDayRule:
    """How hours on site become worker days (工日).

    A day runs from `day_starts_at` in `zone` (Asia/Shanghai), so that a night shift stays on the day on which it began.
    `steps` are two: (at least so long on site, counts as so many days), the longer one first.
    """

    city: str
    zone: timezone
    day_starts_at: time
    longest_shift: timedelta
    steps: tuple[tuple[timedelta, Decimal], tuple[timedelta, Decimal]]
    source: str
    status: Status
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class SwipeLimits:
    """When a swipe is late, too old, or from the future."""

    late_after: timedelta
    oldest: timedelta
    clock_tolerance: timedelta


class Basis(StrEnum):
    """How sure the calendar is of the days that were counted, the surest first.

    `provisional`: of the year only the decree's own days are known; `weekends`: the calendar does not hold the year.
    """

    ANNOUNCED = "announced"  # 国务院办公厅通知
    PROVISIONAL = "provisional"
    WEEKENDS = "weekends"


class Unit(StrEnum):
    """In what a term is counted."""

    WORKING_DAYS = "working_days"  # 工作日
    CALENDAR_DAYS = "calendar_days"  # 日


class Moves(StrEnum):
    """Where a day goes that falls on a holiday or a rest day (遇法定节假日或者休息日), as its own source says."""

    EARLIER = "earlier"  # 提前
    LATER = "later"  # 顺延
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """Holidays and weekends worked in exchange (调休) of a year, by the notice or, provisionally, by the decree."""

    year: int
    provisional: bool
    holidays: frozenset[date]
    working_weekends: frozenset[date]
    source: str
    status: Status
    valid_from: date


Calendar = Mapping[int, CalendarYear]
"""The working-day calendar by year."""


@dataclass(frozen=True, slots=True)
class Term:
    """So many days after the day of the event, which itself is not counted, and where its end moves."""

    count: int
    unit: Unit
    moves: Moves


@dataclass(frozen=True, slots=True)
class Due:
    """A day, and how sure the calendar is of it; None when the calendar was not asked."""

    on: date
    basis: Basis | None

    @property
    def doubt(self) -> dict[str, str]:
        """What is said beside a day that a notice to come may still change; nothing of one that is sure."""
        return {} if self.basis in (None, Basis.ANNOUNCED) else {"calendar": str(self.basis)}
