"""What the columns of an exported list are called, in Chinese and English."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from chassis.http.language import CHINESE, ENGLISH

REFUSED_BECAUSE = "refused_because"
"""The column that is added to a file that comes back with its failed rows marked."""


def heading(path: Sequence[str], language: str) -> str:
    """The heading of a member, e.g. `supplier_id` → 供应商编号 or Supplier id. Members of members: 账户·开户行."""
    if language == ENGLISH:
        return " · ".join(name.replace("_", " ").capitalize() for name in path)
    return "·".join(chinese().get(name, name) for name in path)


def named(header: Sequence[str], columns: Sequence[str]) -> list[str]:
    """A file's headings as names of columns, where one of `columns` has this heading in either language."""
    names = {heading((column,), language): column for language in (CHINESE, ENGLISH) for column in columns}
    return [names.get(text, text) for text in header]


@cache
def chinese() -> Mapping[str, str]:
    """Member → heading."""
    found: Mapping[str, str] = json.loads(Path(__file__).with_name("headings.json").read_text(encoding="utf-8"))
    return found
