"""Reads `data/attendance-rules.json`: what attendance demands and takes for odd (design rule 13)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

from labour.devices.models import Channel


@dataclass(frozen=True, slots=True)
class Way:
    """A way of attendance (考勤方式): devices that offer it, the one direction it has, what each such swipe is told."""

    channels: frozenset[Channel]
    direction: str | None
    remark: str | None


@dataclass(frozen=True, slots=True)
class Clock:
    """When a device's clock is odd, and after how long without a word a device is silent."""

    drift_limit: timedelta
    set_back_tolerance: timedelta
    silent_after: timedelta


@dataclass(frozen=True, slots=True)
class LocationLimits:
    """What makes a location doubtful: speed in km/h since the one before, accuracy in metres."""

    fastest: int
    worst_accuracy: int
    round_accuracies: frozenset[Decimal]


@dataclass(frozen=True, slots=True)
class CityBreak:
    """What a city takes off for breaks where a project has no rule of its own."""

    city: str
    beyond: timedelta
    off: timedelta
    valid_from: date
    valid_to: date | None


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    text = files("labour.attendance").joinpath("data", "attendance-rules.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@lru_cache(maxsize=1)
def ways() -> dict[str, Way]:
    """The ways of attendance by the code of the national table `attend_type`."""
    return {
        code: Way(frozenset(map(Channel, one["channels"])), one["direction"], one["remark"])
        for code, one in _read()["ways"]["of"].items()
    }


@lru_cache(maxsize=1)
def demands_location() -> frozenset[Channel]:
    """Devices whose swipes must say where they were made."""
    return frozenset(Channel(one) for one, needed in _read()["ways"]["demands"].items() if "location" in needed)


@lru_cache(maxsize=1)
def clock() -> Clock:
    """Limits of a device's clock."""
    raw = _read()["clock"]
    return Clock(
        timedelta(seconds=raw["drift_limit_seconds"]),
        timedelta(seconds=raw["set_back_tolerance_seconds"]),
        timedelta(hours=raw["silent_after_hours"]),
    )


@lru_cache(maxsize=1)
def location_limits() -> LocationLimits:
    """Signals of a forged location."""
    raw = _read()["location"]
    return LocationLimits(
        raw["fastest_km_per_hour"], raw["worst_accuracy_m"], frozenset(map(Decimal, raw["round_accuracy_m"]))
    )


@lru_cache(maxsize=1)
def oldest_repair() -> timedelta:
    """How far back a forgotten swipe may lie."""
    return timedelta(days=_read()["repairs"]["oldest_days"])


@lru_cache(maxsize=1)
def city_breaks() -> tuple[CityBreak, ...]:
    """Break rules of cities."""
    return tuple(
        CityBreak(
            one["city"],
            timedelta(minutes=one["beyond_minutes"]),
            timedelta(minutes=one["minutes"]),
            date.fromisoformat(one["valid_from"]),
            date.fromisoformat(one["valid_to"]) if one["valid_to"] else None,
        )
        for one in _read()["breaks"]
    )
