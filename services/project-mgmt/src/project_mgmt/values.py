"""Reading the plain values of protobuf messages, at the gRPC and the event door."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis.errors import InvalidArgument, Violation, invalid

CENT = Decimal("0.01")
LIMIT = Decimal(10) ** 16
"""Columns are Numeric(18, 2)."""


def uuid_of(text: str, pointer: str) -> UUID:
    """A UUID, or InvalidArgument that names the field."""
    try:
        return UUID(text)
    except ValueError:
        raise _wrong(pointer, "UUID_INVALID", "应为 UUID", "Must be a UUID") from None


def day_of(text: str, pointer: str) -> date:
    """A calendar day `2026-11-23`, or InvalidArgument that names the field."""
    try:
        if len(text) != len("2026-11-23"):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise _wrong(pointer, "DAY_INVALID", "应为日期 YYYY-MM-DD", "Must be a day, YYYY-MM-DD") from None


def decimal_of(text: str, pointer: str) -> Decimal:
    """An exact decimal of at most two places (it may be negative), or InvalidArgument that names the field."""
    try:
        value = Decimal(text)
        if value.is_finite() and abs(value) < LIMIT and len(text) <= 40:
            fitted = value.quantize(CENT)
            if fitted == value:
                return fitted
    except ArithmeticError:
        pass
    zh, en = "应为最多两位小数的十进制数", "Must be an exact decimal of at most two places"
    raise _wrong(pointer, "DECIMAL_INVALID", zh, en)


def amount_of(text: str, pointer: str) -> Decimal:
    """Like `decimal_of`, and not negative."""
    value = decimal_of(text, pointer)
    if value < 0:
        raise _wrong(pointer, "OUT_OF_RANGE", "不得为负", "Must not be negative")
    return value


def _wrong(pointer: str, code: str, zh: str, en: str) -> InvalidArgument:
    return invalid(Violation(pointer, code, zh, en))
