"""What the columns of an exported list are called, in Chinese and English.

The Chinese words are those of the services: each keeps `headings.json` (member → 中文) in its package and makes it
known when it is imported. A member has one heading on the whole platform.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from chassis.http.language import CHINESE, ENGLISH

REFUSED_BECAUSE = "refused_because"
"""The column that is added to a file that comes back with its failed rows marked."""

_chinese: dict[str, str] = {}


def learn(package: str) -> None:
    """Take the headings of a package, given by its file `__init__.py`. ValueError where a member has another one."""
    words: Mapping[str, str] = json.loads(Path(package).with_name("headings.json").read_text(encoding="utf-8"))
    for member, word in words.items():
        if _chinese.setdefault(member, word) != word:
            raise ValueError(f"{member} is called {_chinese[member]} already, not {word}")


def heading(path: Sequence[str], language: str) -> str:
    """The heading of a member, e.g. `supplier_id` → 供应商编号 or Supplier id. Members of members: 账户·开户行."""
    if language == ENGLISH:
        return " · ".join(name.replace("_", " ").capitalize() for name in path)
    return "·".join(_chinese.get(name, name) for name in path)


def named(header: Sequence[str], columns: Sequence[str]) -> list[str]:
    """A file's headings as names of columns, where one of `columns` has this heading in either language."""
    names = {heading((column,), language): column for language in (CHINESE, ENGLISH) for column in columns}
    return [names.get(text, text) for text in header]


def chinese() -> Mapping[str, str]:
    """Member → heading, of every package that was imported."""
    return _chinese
