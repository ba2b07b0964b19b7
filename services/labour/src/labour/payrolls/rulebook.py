"""Reader of data/payroll-rules.json: what a law, a city or a custom can change about payrolls (design rule 13)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files

from labour.payrolls.rules import ItemKind, MinimumWage
from labour.payrolls.states import Direction


@dataclass(frozen=True, slots=True)
class PayrollRules:
    """Kinds of items, minimum wages by city, how long the ledger is kept, how long a link to sign is open."""

    kinds: dict[str, ItemKind]
    minimum_wages: tuple[MinimumWage, ...]
    ledger_years: int
    link_valid_for: timedelta


@lru_cache(maxsize=1)
def rules() -> PayrollRules:
    """From data."""
    raw = json.loads(files("labour.payrolls").joinpath("data", "payroll-rules.json").read_text(encoding="utf-8"))
    kinds = [
        ItemKind(one["code"], one["zh"], one["en"], Direction(one["direction"])) for one in raw["item_kinds"]["kinds"]
    ]
    minimums = (
        MinimumWage(
            one["city"],
            Decimal(one["monthly"]),
            one["source"],
            date.fromisoformat(one["valid_from"]),
            date.fromisoformat(one["valid_to"]) if one["valid_to"] else None,
        )
        for one in raw["minimum_wage"]
    )
    link = timedelta(days=raw["signing"]["link_days"])
    return PayrollRules({one.code: one for one in kinds}, tuple(minimums), raw["ledger"]["years"], link)
