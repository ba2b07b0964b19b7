"""The content of a quote as the bytes that are sealed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from chassis.values import decimal_text


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """An offer for one line; `material_code` names another material than was asked for (替代品), None the same.

    `unit_price` includes tax (含税单价) at `tax_percent`; `delivery_on` is the day on which all of it can be on site.
    """

    line_id: UUID
    material_code: str | None
    unit_price: Decimal
    tax_percent: Decimal
    delivery_on: date
    note: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a supplier offers: some or all lines, freight (运费) for the whole, and until which day it holds."""

    freight: Decimal
    valid_until: date
    note: str
    lines: tuple[QuotedLine, ...]


def to_bytes(content: Content, salt: str) -> bytes:
    """The canonical bytes: the same content and salt are always the same bytes."""
    return orjson.dumps(asdict(content) | {"salt": salt}, default=_plain, option=orjson.OPT_SORT_KEYS)


def from_bytes(raw: bytes) -> tuple[Content, str]:
    """Content and salt of canonical bytes."""
    read: dict[str, Any] = orjson.loads(raw)
    lines = tuple(
        QuotedLine(
            UUID(line["line_id"]),
            line["material_code"],
            Decimal(line["unit_price"]),
            Decimal(line["tax_percent"]),
            date.fromisoformat(line["delivery_on"]),
            line["note"],
        )
        for line in read["lines"]
    )
    content = Content(Decimal(read["freight"]), date.fromisoformat(read["valid_until"]), read["note"], lines)
    return content, read["salt"]


def digest(raw: bytes) -> bytes:
    """What the receipt says of the canonical bytes: SHA-256."""
    return sha256(raw).digest()


def place(sourcing_id: UUID, supplier_id: UUID, version: int) -> str:
    """What a sealed quote is bound to."""
    return f"quotes:{sourcing_id}:{supplier_id}:{version}"


def key_place(sourcing_id: UUID) -> str:
    """What a data key is bound to."""
    return f"quote_keys:{sourcing_id}"


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return decimal_text(value)
    raise TypeError(type(value).__name__)
