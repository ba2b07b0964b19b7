"""What goes out of a search."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from chassis.http.schemas import Out
from chassis.pages import Page
from procurement.search.rules import Hit, Kind


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
    next_page_token: str = Field(description="Of the page of this kind that goes on here; empty when there is none.")

    @classmethod
    def of(cls, kind: Kind, page: Page[Hit]) -> HitsOut:
        """From the first page of a kind."""
        items = [HitOut.model_validate(hit) for hit in page.items]
        return cls(kind=kind, items=items, next_page_token=page.next_page_token)


class FoundOut(Out):
    """What was found, by kind; kinds that the caller may not read are left out."""

    kinds: list[HitsOut]
