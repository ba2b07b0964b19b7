"""What comes in and goes out about own codes."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Instant
from procurement.buyer_codes.models import BuyerCode

MOST_ROWS = 1_000


class BuyerCodeIn(In):
    """An own code and what it means; faults of one row leave the others alone."""

    own_code: Annotated[str, Field(max_length=200, examples=["GJ-HPB300-08"])]
    material_code: Annotated[str, Field(max_length=200, examples=["01090001"])]
    name: Annotated[str, Field(max_length=1_000, examples=["圆钢 φ8"])] = ""


class BuyerCodesIn(In):
    """A batch."""

    rows: Annotated[list[BuyerCodeIn], Field(min_length=1, max_length=MOST_ROWS)]


class BuyerCodeOut(Out):
    """An own code of the caller's organisation."""

    id: UUID
    version: int
    own_code: str = Field(examples=["GJ-HPB300-08"])
    material_code: str = Field(examples=["01090001"])
    name: str
    updated_at: Instant

    @classmethod
    def of(cls, row: BuyerCode) -> BuyerCodeOut:
        """From the row."""
        return cls.model_validate(row)
