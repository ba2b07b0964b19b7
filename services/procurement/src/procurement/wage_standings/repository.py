"""The reader of the sanctions; nothing is stored: labour knows how everybody stands."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from importlib.resources import files

from procurement.wage_standings.rules import Deal, Sanctions


@lru_cache(maxsize=1)
def sanctions() -> tuple[Sanctions, ...]:
    """What listed organisations do not get, from data."""
    text = files("procurement.wage_standings").joinpath("data", "sanctions.json").read_text(encoding="utf-8")
    return tuple(
        Sanctions(
            date.fromisoformat(one["valid_from"]),
            date.fromisoformat(one["valid_to"]) if one["valid_to"] else None,
            frozenset(Deal(refused["deal"]) for refused in one["refuses"]),
            one["hint_from"]["level"],
        )
        for one in json.loads(text)["rules"]
    )
