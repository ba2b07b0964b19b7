"""What can be searched, and what is found. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

SHORTEST = 2
"""Characters of the longest word of a query: the index holds pairs of characters (decision 0012)."""

CANDIDATES = 1_000
"""Rows of a kind that a query compares and ranks: the newest that hold all its pairs of characters (decision 0012)."""


class Kind(StrEnum):
    """Where to search."""

    ORDERS = "orders"
    MATERIALS = "materials"
    SUPPLIERS = "suppliers"


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched: every word has to be there. `whole` is what is compared with codes."""

    whole: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Query:
        """Words are parted by blanks."""
        words = tuple(dict.fromkeys(text.split()))
        return cls(" ".join(text.split()), words)

    @property
    def is_too_short(self) -> bool:
        """No word has two characters."""
        return all(len(word) < SHORTEST for word in self.words)


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found. `code` is its number, code or USCC; `link` the path of the resource."""

    kind: Kind
    id: UUID
    code: str
    title: str
    detail: str
    link: str
