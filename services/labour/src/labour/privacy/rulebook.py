"""Reader of what the law makes an employer keep, and of what is personal in labour's tables (design rule 13)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

from labour.codes.models import Status
from labour.privacy.rules import Applies, RetentionRule


class How(StrEnum):
    """How what is personal in a table goes: see data/personal-data.json. `KEPT` is nothing of a worker's own."""

    BLANK = "blank"
    ROWS = "rows"
    LEDGER = "ledger"
    OWN = "own"
    ANSWERS = "answers"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """What is personal in a table: column → kind, and how it goes.

    `of` is the column by which a row is a worker's; `through` the table in which it names him, when not here. `field`
    is what retention rules call it, `kept` by which rule or why it stays. `plain` are the columns that hold nothing.
    """

    name: str
    of: str
    through: str
    field: str
    how: How
    kept: str
    personal: Mapping[str, str]
    unique: frozenset[str]
    papers: tuple[str, ...]
    plain: frozenset[str]


@lru_cache(maxsize=1)
def personal_tables() -> tuple[PersonalTable, ...]:
    """Every table of labour and of the chassis below it."""
    return tuple(_table(name, one) for name, one in _raw("personal-data.json")["tables"].items())


@lru_cache(maxsize=1)
def sensitive_kinds() -> Mapping[str, str]:
    """The kinds of sensitive personal data (PIPL art 28), each with its row in docs/privacy-impact.md (arts 55, 56)."""
    found: Mapping[str, str] = _raw("personal-data.json")["sensitive"]
    return found


@lru_cache(maxsize=1)
def kinds() -> frozenset[str]:
    """Every kind that a column can be of."""
    return frozenset(_raw("personal-data.json")["kinds"])


@lru_cache(maxsize=1)
def retention_rules() -> tuple[RetentionRule, ...]:
    """What the law keeps."""
    return tuple(_rule(one) for one in _raw("retention-rules.json")["rules"])


def _raw(name: str) -> Any:
    return json.loads(files("labour.privacy").joinpath("data", name).read_text(encoding="utf-8"))


def _table(name: str, raw: Mapping[str, Any]) -> PersonalTable:
    of, _, through = raw.get("of", "").partition(">")
    return PersonalTable(
        name,
        of,
        through,
        raw.get("field", ""),
        How(raw.get("erase", "kept")),
        raw.get("kept", ""),
        raw.get("personal", {}),
        frozenset(raw.get("unique", ())),
        tuple(raw.get("papers", ())),
        frozenset(raw.get("not_personal", ())),
    )


def _rule(raw: Mapping[str, Any]) -> RetentionRule:
    return RetentionRule(
        raw["id"],
        Applies(raw["applies"]),
        tuple(raw["fields"]),
        raw["years"],
        raw["source"],
        Status(raw["status"]),
        date.fromisoformat(raw["valid_from"]),
        date.fromisoformat(raw["valid_to"]) if raw["valid_to"] else None,
    )
