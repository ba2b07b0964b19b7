"""Reader of the deadlines that a law or a city can change (rule 13)."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from importlib.resources import files

from labour.codes.models import Moves
from labour.evidence.models import Link, Responsible
from labour.evidence.rules import Deadline, Deadlines


@lru_cache(maxsize=1)
def deadlines() -> tuple[Deadlines, ...]:
    """Whose each gap is and by when, per city, from data."""
    raw = json.loads(files("labour.evidence").joinpath("data", "deadlines.json").read_text(encoding="utf-8"))
    return tuple(
        Deadlines(
            one["city"],
            date.fromisoformat(one["valid_from"]),
            date.fromisoformat(one["valid_to"]) if one.get("valid_to") else None,
            {
                code: Deadline(Link(gap["link"]), Responsible(gap["who"]), gap["days"], Moves(gap["moves"]))
                for code, gap in one["gaps"].items()
            },
        )
        for one in raw["rules"]
    )
