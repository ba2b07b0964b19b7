"""Services share no rules, so each that counts working days holds its own calendar; the days are the same in all."""

import json
from pathlib import Path
from typing import Any

from infra.contracts.paths import ROOT

NAMES = ("year", "provisional", "holidays", "working_weekends")
CALENDARS = sorted(
    path for path in (ROOT / "services").glob("*/src/*/*/data/*.json") if '"working_weekends"' in path.read_text()
)


def days(path: Path) -> list[dict[str, Any]]:
    """What has to agree of each year: not whence somebody has it."""
    return [{name: one[name] for name in NAMES} for one in json.loads(path.read_text(encoding="utf-8"))["years"]]


def test_every_service_counts_the_same_days() -> None:
    assert [path.parts[-4] for path in CALENDARS] == ["labour", "procurement"]
    first, *others = CALENDARS
    for other in others:
        assert days(other) == days(first)
