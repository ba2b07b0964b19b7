"""What the columns of an exported list are called, in Chinese and English."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from chassis.http.language import ENGLISH


def heading(path: Sequence[str], language: str) -> str:
    """The heading of a member, e.g. `supplier_id` → 供应商编号 or Supplier id. Members of members: 账户·开户行."""
    if language == ENGLISH:
        return " · ".join(name.replace("_", " ").capitalize() for name in path)
    return "·".join(chinese().get(name, name) for name in path)


@cache
def chinese() -> Mapping[str, str]:
    """Member → heading."""
    found: Mapping[str, str] = json.loads(Path(__file__).with_name("headings.json").read_text(encoding="utf-8"))
    return found
