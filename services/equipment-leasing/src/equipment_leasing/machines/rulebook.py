"""Kinds of machines and what the law asks of them, read from rulebook.json (design rule 13).

Each rule carries its source, how sure it is (`V` read in the law, `S` secondary page, `B` background knowledge)
and the day from which it counts; a city's own list replaces the file, not the code.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Name:
    """A term in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class MachineKind:
    """A kind of machine (机械类别).

    `lifting`: 建筑起重机械 in the sense of decree 166, so registration and inspection are needed;
    `operator_trade`: special trade (特种作业) of the operator as labour names it, None when none is demanded;
    `papers` and `devices`: what a complete technical file and complete safety devices are.
    """

    code: str
    name: Name
    lifting: bool
    operator_trade: str | None
    papers: tuple[str, ...]
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceLife:
    """Years after which a machine needs a safety assessment (安全评估); moment bounds in kN·m, lower inclusive."""

    kind: str
    moment_from: Decimal
    moment_below: Decimal | None
    years: int
    source: str
    status: str
    valid_from: date

    def covers(self, kind: str, moment: Decimal, on: date) -> bool:
        """Whether the rule speaks about such a machine on that day."""
        below = self.moment_below is None or moment < self.moment_below
        return self.kind == kind and self.moment_from <= moment and below and self.valid_from <= on


@dataclass(frozen=True, slots=True)
class PhasedOut:
    """A model that the state has eliminated (淘汰)."""

    kind: str
    model: str
    source: str
    status: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules about machines at once."""

    kinds: Mapping[str, MachineKind]
    papers: Mapping[str, Name]
    devices: Mapping[str, Name]
    sources: Mapping[str, str]
    service_life: tuple[ServiceLife, ...]
    phased_out: tuple[PhasedOut, ...]

    def life(self, kind: str, moment: Decimal | None, on: date) -> ServiceLife | None:
        """The newest service-life rule in force, None when there is none for such a machine."""
        found = [rule for rule in self.service_life if rule.covers(kind, moment or Decimal(0), on)]
        return max(found, key=lambda rule: rule.valid_from, default=None)

    def eliminated(self, kind: str, model: str, on: date) -> PhasedOut | None:
        """The entry of the list of eliminated models that names this one; spelling variants are the same model."""
        wanted = plain_model(model)
        for entry in self.phased_out:
            if entry.kind == kind and plain_model(entry.model) == wanted and entry.valid_from <= on:
                return entry
        return None


def plain_model(model: str) -> str:
    """A model without case, width, spaces and hyphens: `Qtg-25` and `QTG25` are one."""
    text = unicodedata.normalize("NFKC", model).casefold()
    return "".join(char for char in text if not char.isspace() and char not in "-_·")


def _name(entry: Mapping[str, str]) -> Name:
    return Name(entry["zh"], entry["en"])


def _kind(entry: Mapping[str, Any]) -> MachineKind:
    return MachineKind(
        code=entry["code"],
        name=_name(entry),
        lifting=entry["lifting"],
        operator_trade=entry["operator_trade"],
        papers=tuple(entry["papers"]),
        devices=tuple(entry["devices"]),
    )


def _life(entry: Mapping[str, Any]) -> ServiceLife:
    below = entry["moment_below"]
    return ServiceLife(
        kind=entry["kind"],
        moment_from=Decimal(entry["moment_from"]),
        moment_below=None if below is None else Decimal(below),
        years=entry["years"],
        source=entry["source"],
        status=entry["status"],
        valid_from=date.fromisoformat(entry["valid_from"]),
    )


def read(content: Mapping[str, Any]) -> Rulebook:
    """A rulebook from the parsed JSON; KeyError or ValueError when it is not one."""
    return Rulebook(
        kinds={entry["code"]: _kind(entry) for entry in content["kinds"]},
        papers={code: _name(entry) for code, entry in content["papers"].items()},
        devices={code: _name(entry) for code, entry in content["devices"].items()},
        sources=dict(content["sources"]),
        service_life=tuple(_life(entry) for entry in content["service_life"]),
        phased_out=tuple(
            PhasedOut(**{**entry, "valid_from": date.fromisoformat(entry["valid_from"])})
            for entry in content["phased_out"]
        ),
    )


@cache
def rulebook() -> Rulebook:
    """The rules that ship with the service."""
    return read(json.loads(files("equipment_leasing.machines").joinpath("rulebook.json").read_text("utf-8")))
