"""What comes in and goes out about conversions."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import Out
from chassis.values import QuantityOrZero
from procurement.units.models import UnitConversion
from procurement.units.service import Converted


class ConversionOut(Out):
    """1 `from_unit` = `numerator` / `denominator` `to_unit`, from a day on; `*` is every material."""

    id: UUID
    material_code: str = Field(examples=["01090001"])
    from_unit: str = Field(examples=["m"])
    to_unit: str = Field(examples=["kg"])
    numerator: int = Field(examples=[79])
    denominator: int = Field(examples=[200])
    source: str = Field(examples=["GB/T 1499.1-2017"])
    valid_from: date

    @classmethod
    def of(cls, row: UnitConversion) -> ConversionOut:
        """From the row."""
        return cls.model_validate(row)


class ConvertedOut(Out):
    """A quantity in another unit, rounded half up to six places; the factor is exact."""

    quantity: QuantityOrZero
    unit: str = Field(examples=["kg"])
    numerator: int = Field(examples=[79])
    denominator: int = Field(examples=[200])

    @classmethod
    def of(cls, found: Converted) -> ConvertedOut:
        """From the answer of the use case."""
        ratio = found.ratio
        return cls(quantity=found.quantity, unit=found.unit, numerator=ratio.numerator, denominator=ratio.denominator)
