"""Money, quantities and texts as they cross the doors (design rule 10).

Decimals are JSON strings; they are quantised on the way in to the scale of their column, so that POST and GET
say the same; what has more places than the column is refused, not rounded.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from chassis.errors import Violation, invalid

AMOUNT_SCALE = 2
PRICE_SCALE = 6
QUANTITY_SCALE = 6


def decimal_text(value: Decimal) -> str:
    """Plain notation without an exponent: `Decimal("1E+2")` → `"100"`."""
    return format(value, "f")


def _strict_decimal(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str) and 0 < len(value) <= 40:
        try:
            return Decimal(value)
        except ArithmeticError:
            pass
    raise PydanticCustomError("DECIMAL_STRING", 'a decimal number as a JSON string is needed, e.g. "12.50"')


def _fit(scale: int, digits: int) -> AfterValidator:
    step = Decimal(1).scaleb(-scale)
    limit = Decimal(10) ** (digits - scale)

    def check(value: Decimal) -> Decimal:
        if not value.is_finite():
            raise PydanticCustomError("NOT_FINITE", "the number must be finite")
        if abs(value) >= limit:
            raise PydanticCustomError("TOO_LARGE", "the number must be below {limit}", {"limit": str(limit)})
        fitted = value.quantize(step)
        if fitted != value:
            raise PydanticCustomError("TOO_PRECISE", "at most {scale} decimal places are allowed", {"scale": scale})
        return fitted

    return AfterValidator(check)


def _at_least(bound: Decimal, *, exclusive: bool) -> AfterValidator:
    def check(value: Decimal) -> Decimal:
        if value < bound or (exclusive and value == bound):
            relation = "greater than" if exclusive else "at least"
            raise PydanticCustomError("OUT_OF_RANGE", "must be {relation} 0", {"relation": relation})
        return value

    return AfterValidator(check)


def _at_most(bound: Decimal) -> AfterValidator:
    def check(value: Decimal) -> Decimal:
        if value > bound:
            raise PydanticCustomError("OUT_OF_RANGE", "must be at most {bound}", {"bound": str(bound)})
        return value

    return AfterValidator(check)


_READ = BeforeValidator(_strict_decimal)
_WRITE = PlainSerializer(decimal_text, return_type=str, when_used="json")


def _schema(example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "examples": [example]})


Amount = Annotated[
    Decimal, _READ, _fit(AMOUNT_SCALE, 18), _at_least(Decimal(0), exclusive=False), _WRITE, _schema("1234.50")
]
"""Money in the currency beside it, two places, not negative."""

SignedAmount = Annotated[Decimal, _READ, _fit(AMOUNT_SCALE, 18), _WRITE, _schema("-12.00")]
"""Money that may be negative."""

Price = Annotated[
    Decimal,
    _READ,
    _fit(PRICE_SCALE, 18),
    _at_least(Decimal(0), exclusive=False),
    _WRITE,
    _schema("3950.000000"),
]
"""Price of one unit, six places, not negative."""

FinePrice = Annotated[
    Decimal, _READ, _fit(13, 25), _at_least(Decimal(0), exclusive=False), _WRITE, _schema("3495.5752212389381")
]
"""Price of one unit that was computed from another one, e.g. without its tax; thirteen places, not negative."""

Quantity = Annotated[
    Decimal,
    _READ,
    _fit(QUANTITY_SCALE, 18),
    _at_least(Decimal(0), exclusive=True),
    _WRITE,
    _schema("100.000000"),
]
"""A positive quantity in the unit beside it, six places."""

QuantityOrZero = Annotated[
    Decimal,
    _READ,
    _fit(QUANTITY_SCALE, 18),
    _at_least(Decimal(0), exclusive=False),
    _WRITE,
    _schema("0.000000"),
]
"""A quantity that may be zero, six places."""

SignedQuantity = Annotated[Decimal, _READ, _fit(QUANTITY_SCALE, 18), _WRITE, _schema("-2.000000")]
"""A quantity that may be negative, six places."""

Hours = Annotated[Decimal, _READ, _fit(2, 12), _at_least(Decimal(0), exclusive=False), _WRITE, _schema("8.00")]
"""Hours, two places."""

Percent = Annotated[
    Decimal,
    _READ,
    _fit(2, 6),
    _at_least(Decimal(0), exclusive=False),
    _at_most(Decimal(100)),
    _WRITE,
    _schema("5.00"),
]
"""0 to 100 percent, two places."""


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise PydanticCustomError("OFFSET_MISSING", "the time needs an offset, e.g. 2026-11-23T08:00:00+08:00")
    try:
        return value.astimezone(UTC)
    except OverflowError:  # the first or last hours of the calendar, seen from another offset
        raise PydanticCustomError("INSTANT_OUT_OF_RANGE", "the time is out of range") from None


Instant = Annotated[datetime, AfterValidator(_utc)]
"""An instant with an offset, kept in UTC."""


def _plain_text(value: str) -> str:
    # PostgreSQL text cannot hold NUL; other control characters have no business in names and reasons.
    if any((ord(char) < 32 and char not in "\n\t") or ord(char) == 127 for char in value):
        raise PydanticCustomError("CONTROL_CHARACTER", "control characters are not allowed")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("NOT_UNICODE", "the text holds a lone surrogate") from None
    return value.strip()


Text = Annotated[str, AfterValidator(_plain_text), Field(min_length=1, max_length=200)]
"""One line of text, 1 to 200 characters."""

LongText = Annotated[str, AfterValidator(_plain_text), Field(min_length=1, max_length=2000)]
"""A reason or remark, 1 to 2,000 characters."""

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$")]
"""A code that the caller's systems use."""

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["CNY"])]
"""ISO 4217 currency code."""


def read_uuid(value: str, field: str) -> UUID:
    """An id from a protobuf string; InvalidArgument naming `/field` when it is none."""
    try:
        return UUID(value)
    except ValueError:
        raise invalid(Violation(f"/{field}", "UUID_PARSING", zh="须为 UUID。", en="must be a UUID")) from None


def read_day(value: str, field: str) -> date:
    """A calendar day from a protobuf string; InvalidArgument naming `/field` when it is none."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise invalid(
            Violation(f"/{field}", "DATE_PARSING", zh="须为 ISO 8601 日期。", en="must be an ISO 8601 date")
        ) from None


def read_decimal(value: str, field: str) -> Decimal:
    """A finite decimal from a protobuf string; InvalidArgument naming `/field` when it is none."""
    try:
        number = Decimal(value)
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite():
        raise invalid(Violation(f"/{field}", "DECIMAL_STRING", zh="须为十进制数。", en="must be a decimal number"))
    return number
