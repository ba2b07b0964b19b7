"""What a medical examination says of the days after it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class HealthFacts:
    """A medical examination (体检): the days on which its result counts, and whether he is fit for the work."""

    examined_on: date
    valid_to: date
    fit: bool


def why_not(held: Sequence[HealthFacts], on: date) -> tuple[str, str, str] | None:
    """Why these examinations do not cover a day: code, zh, en; None when they do."""
    last = _last(held, on)
    if last is None:
        return "HEALTH_RECORD_MISSING", "未登记体检结果", "No medical examination is recorded"
    if not last.fit:
        return "HEALTH_UNFIT", f"{last.examined_on} 体检结果不适合该作业", f"Found unfit on {last.examined_on}"
    if last.valid_to < on:
        return "HEALTH_RECORD_LAPSED", f"体检已于 {last.valid_to} 到期", f"The last one lapsed on {last.valid_to}"
    return None


def healthy_until(held: Sequence[HealthFacts], on: date) -> date:
    """The last day that they cover, the day before `on` at the earliest."""
    last = _last(held, on)
    return last.valid_to if last is not None and last.fit else on - timedelta(days=1)


def _last(held: Sequence[HealthFacts], on: date) -> HealthFacts | None:
    return max((one for one in held if one.examined_on <= on), key=lambda one: one.examined_on, default=None)
