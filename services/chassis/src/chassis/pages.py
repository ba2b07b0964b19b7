"""Cursor pages (design rule 10): stable while rows are inserted, because a page begins after a key, not an offset."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import MalformedRequest

DEFAULT_SIZE = 50
LARGEST_SIZE = 500
T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """How many rows (1–500) and after which one; `token` is what the page before answered."""

    size: int = DEFAULT_SIZE
    token: str = ""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and the token of the next page (empty on the last one)."""

    items: Sequence[T]
    next_page_token: str = ""

    def map(self, change: Callable[[T], U]) -> Page[U]:
        """The same page of other things."""
        return Page([change(item) for item in self.items], self.next_page_token)


def encode_token(values: Sequence[Any]) -> str:
    """Key values → opaque token."""
    plain = [str(value) if isinstance(value, UUID | Decimal) else value for value in values]
    return base64.urlsafe_b64encode(orjson.dumps(plain)).decode().rstrip("=")


def decode_token(token: str, types: Sequence[type]) -> list[Any]:
    """Token → key values of the given types; MalformedRequest PAGE_TOKEN_INVALID for any other text."""
    try:
        values = orjson.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if not isinstance(values, list) or len(values) != len(types):
            raise ValueError("wrong number of keys")
        return [_read(value, kind) for value, kind in zip(values, types, strict=True)]
    except (ValueError, TypeError, binascii.Error, ArithmeticError) as error:
        raise MalformedRequest(
            "PAGE_TOKEN_INVALID",
            zh="page_token 无效,请使用上一页返回的 next_page_token。",
            en="The page_token is not one that this list has answered.",
        ) from error


def _read(value: Any, kind: type) -> Any:
    if kind is datetime:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError("the instant has no offset")
        return instant
    if kind is date:
        return date.fromisoformat(value)
    if kind in (UUID, Decimal):
        if not isinstance(value, str):
            raise TypeError("a string is needed")
        read = kind(value)
        if isinstance(read, Decimal) and not read.is_finite():
            raise ValueError("not finite")
        return read
    if kind is str:
        if not isinstance(value, str) or "\x00" in value:
            raise TypeError("a text is needed")
        return value.encode().decode()  # a lone surrogate cannot stand in the database
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"{kind.__name__} is needed")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("out of range")
    return value


async def paginate(
    session: AsyncSession,
    statement: Select[Any],
    *,
    keys: Sequence[Any],
    request: PageRequest,
    descending: bool = False,
) -> Page[Any]:
    """One page of an ORM select, sorted by `keys` (columns of the entity; the last one unique, none nullable)."""
    names = [key.key for key in keys]
    columns: list[ColumnElement[Any]] = list(keys)
    if request.token:
        kinds = [key.type.python_type for key in columns]
        values = decode_token(request.token, kinds)
        after = tuple_(*[literal(value, key.type) for value, key in zip(values, columns, strict=True)])
        statement = statement.where(tuple_(*columns) < after if descending else tuple_(*columns) > after)
    order = [key.desc() if descending else key.asc() for key in columns]
    rows = list((await session.scalars(statement.order_by(*order).limit(request.size + 1))).all())
    if len(rows) <= request.size:
        return Page(rows)
    rows = rows[: request.size]
    return Page(rows, encode_token([getattr(rows[-1], name) for name in names]))
