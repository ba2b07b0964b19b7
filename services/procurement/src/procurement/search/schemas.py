"""What goes out of a search."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from chassis.http.schemas import Out
from procurement.search.rules import Kind


class HitOut(Out):
    """Something that was found."""

    id: UUID
    code: str = Field(description="Number of an order, code of a material, USCC.", examples=["01090001"])
    title: str = Field(description="Note of an order, else the Chinese name.", examples=["圆钢"])
    detail: str = Field(
        description="State of an order, specification, English name of a supplier.", examples=["HPB300 φ8"]
    )
    link: str = Field(description="The path of the resource.", examples=["/procurement/v1/materials/01090001"])


class HitsOut(Out):
    """The best hits of a kind: the code itself, then codes that begin so, then the rest."""

    kind: Kind
    items: list[HitOut]
    more: bool = Field(description="There are others; a closer query or the filters of the list show them.")


class FoundOut(Out):
    """What was found, by kind; kinds that the caller may not read are left out."""

    kinds: list[HitsOut]
