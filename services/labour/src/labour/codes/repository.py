"""Reads the data files: code tables as they came, rule sets with source and validity (design rule 13).

`data/national-codes.json` is the copy that the platform's domain notes carry: tables of the national real-name
platform (全国建筑工人管理服务信息平台) as read from a 2019 implementation of its interface; work types 260 and
370 are absent there too. `data/code-versions.json` has their editions and the tables of other standards,
`data/entry-rules.json` the rules, `data/working-days.json` the calendar of holidays; these are ours, and each entry
names its own source.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

from labour.codes.models import (
    AgeKind,
    AgeRule,
    Calendar,
    CalendarYear,
    CertificateWarning,
    Code,
    CodeTable,
    EntryLevelRule,
    EntryRules,
    Gate,
    HealthRule,
    Moves,
    RiskClass,
    Sex,
    Status,
    SwipeLimits,
    TableVersion,
    Term,
    Unit,
    WorkerDayRule,
)

CHINA = timezone(timedelta(hours=8))
"""Asia/Shanghai without its history: no daylight saving since 1991, and a fixed offset is much faster to apply."""


def _load(name: str) -> dict[str, Any]:
    text = files("labour.codes").joinpath("data", name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@lru_cache(maxsize=1)
def tables() -> Mapping[str, CodeTable]:
    """Every code table by name, with the codes and editions of all times."""
    editions = _load("code-versions.json")
    base = _version(editions["base"])
    raw = {name: body for name, body in _load("national-codes.json").items() if not name.startswith("_")}
    found = {name: CodeTable(name, _codes(body, base.valid_from), (base,)) for name, body in raw.items()}
    for name, later in editions["tables"].items():
        table = found.get(name, CodeTable(name, {}, ()))
        for one in later:
            table = edition(table, one)
        found[name] = table
    return found


def _version(raw: Mapping[str, Any]) -> TableVersion:
    since = date.fromisoformat(raw["valid_from"])
    return TableVersion(raw["version"], raw["source"], Status(raw["status"]), since)


def edition(table: CodeTable, raw: Mapping[str, Any]) -> CodeTable:
    """A table after its next edition: codes come, and those that it ends are good until the day before."""
    version = _version(raw)
    last = version.valid_from - timedelta(days=1)
    codes = {
        code: replace(one, valid_to=last) if code in raw["ended"] else one for code, one in table.codes.items()
    } | {one["code"]: Code(one["code"], one["zh"], one["en"], version.valid_from) for one in raw["added"]}
    return CodeTable(table.name, codes, (*table.versions, version))


def _codes(body: object, since: date) -> Mapping[str, Code]:
    # The source has three shapes: full entries, "中文 english" texts, and names that are their own code.
    codes: list[Code] = []
    if isinstance(body, dict):
        codes = [_two_languages(code, text, since) for code, text in body.items()]
    elif isinstance(body, list):
        codes = [
            Code(one, one, one, since) if isinstance(one, str) else Code(one["code"], one["zh"], one["en"], since)
            for one in body
        ]
    return {code.code: code for code in codes}


def _two_languages(code: str, text: str, since: date) -> Code:
    zh, _, en = text.partition(" ")
    return Code(code, zh, en or zh, since)


@lru_cache(maxsize=1)
def entry_rules() -> EntryRules:
    """Ages, gates and special trades."""
    raw = _load("entry-rules.json")
    gates = raw["gates"]
    return EntryRules(
        age=tuple(_age_rule(one) for one in raw["age"]),
        agreement=_gate(gates["agreement"]),
        training=_gate(gates["training"]),
        training_months_without_data=gates["training"]["months_without_data"],
        registration=_gate(gates["registration"]),
        registration_fields=tuple(gates["registration"]["fields"]),
        certificate=_gate(gates["certificate"]),
        readmission=_gate(gates["readmission"]),
        blacklist=_gate(gates["blacklist"]),
        health=tuple(_health_rule(one) for one in raw["health"]),
        entry_levels=tuple(_entry_level_rule(one) for one in raw["entry_levels"]),
        special_trades=frozenset(tables()["special_trades"].codes),
        trade_of_work_type={one["work_type"]: one["trade"] for one in raw["special_trades"]},
    )


@lru_cache(maxsize=1)
def worker_day_rules() -> tuple[WorkerDayRule, ...]:
    """How hours become worker days, per city."""
    return tuple(_worker_day_rule(one) for one in _load("entry-rules.json")["worker_day"])


@lru_cache(maxsize=1)
def certificate_warnings() -> tuple[CertificateWarning, ...]:
    """When the end of a certificate is told ahead."""
    return tuple(
        CertificateWarning(
            one["days"],
            one["source"],
            Status(one["status"]),
            date.fromisoformat(one["valid_from"]),
            _until(one),
        )
        for one in _load("entry-rules.json")["certificate_warnings"]
    )


@lru_cache(maxsize=1)
def swipe_limits() -> SwipeLimits:
    """When a swipe is late, too old, or from the future."""
    raw = _load("entry-rules.json")["swipes"]
    return SwipeLimits(
        late_after=timedelta(minutes=raw["late_after_minutes"]),
        oldest=timedelta(days=raw["oldest_days"]),
        clock_tolerance=timedelta(minutes=raw["clock_tolerance_minutes"]),
    )


@lru_cache(maxsize=1)
def calendar() -> Calendar:
    """The working-day calendar (法定节假日与调休)."""
    return {one["year"]: _calendar_year(one) for one in _load("working-days.json")["years"]}


def term(raw: Mapping[str, Any]) -> Term:
    """For the data files of other slices: so many days in `within`, in which unit, and where the end moves."""
    return Term(raw["within"], Unit(raw["unit"]), Moves(raw["moves"]))


def _calendar_year(raw: Mapping[str, Any]) -> CalendarYear:
    spans = [(date.fromisoformat(one["first"]), date.fromisoformat(one["last"])) for one in raw["holidays"]]
    return CalendarYear(
        year=raw["year"],
        provisional=raw["provisional"],
        holidays=frozenset(
            first + timedelta(days=number) for first, last in spans for number in range((last - first).days + 1)
        ),
        working_weekends=frozenset(map(date.fromisoformat, raw["working_weekends"])),
        source=raw["source"],
        status=Status(raw["status"]),
        valid_from=date.fromisoformat(raw["valid_from"]),
    )


def _until(raw: Mapping[str, Any]) -> date | None:
    return date.fromisoformat(raw["valid_to"]) if raw["valid_to"] else None


def _gate(raw: Mapping[str, Any]) -> Gate:
    return Gate(raw["source"], Status(raw["status"]), date.fromisoformat(raw["valid_from"]), _until(raw))


def _age_rule(raw: Mapping[str, Any]) -> AgeRule:
    return AgeRule(
        city=raw["city"],
        kind=AgeKind(raw["kind"]),
        age=raw["age"],
        sexes=frozenset(Sex(one) for one in raw["sexes"]),
        risk_classes=frozenset(RiskClass(one) for one in raw["risk_classes"]),
        work_roles=frozenset(raw["work_roles"]),
        source=raw["source"],
        status=Status(raw["status"]),
        valid_from=date.fromisoformat(raw["valid_from"]),
        valid_to=_until(raw),
    )


def _health_rule(raw: Mapping[str, Any]) -> HealthRule:
    return HealthRule(
        city=raw["city"],
        risk_classes=frozenset(RiskClass(one) for one in raw["risk_classes"]),
        source=raw["source"],
        status=Status(raw["status"]),
        valid_from=date.fromisoformat(raw["valid_from"]),
        valid_to=_until(raw),
    )


def _entry_level_rule(raw: Mapping[str, Any]) -> EntryLevelRule:
    return EntryLevelRule(
        city=raw["city"],
        source=raw["source"],
        status=Status(raw["status"]),
        valid_from=date.fromisoformat(raw["valid_from"]),
        valid_to=_until(raw),
    )


def _worker_day_rule(raw: Mapping[str, Any]) -> WorkerDayRule:
    steps = [(timedelta(hours=one["hours"]), Decimal(one["days"])) for one in raw["steps"]]
    longer, shorter = sorted(steps, reverse=True)
    return WorkerDayRule(
        city=raw["city"],
        zone=CHINA,
        day_starts_at=time.fromisoformat(raw["day_starts_at"]),
        longest_shift=timedelta(hours=raw["longest_shift_hours"]),
        steps=(longer, shorter),
        source=raw["source"],
        status=Status(raw["status"]),
        valid_from=date.fromisoformat(raw["valid_from"]),
        valid_to=_until(raw),
    )
