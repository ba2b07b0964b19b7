"""What comes in and goes out about saved filters."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Instant, Text

Value = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class SavedFilterIn(In):
    """A query of a list under a name."""

    list: Annotated[str, Field(max_length=100, description="The operationId of the list.", examples=["listOrders"])]
    name: Text = Field(examples=["待审批订单"])
    shared: bool = Field(default=False, description="Whether everybody in the organisation can use it.")
    query: dict[str, Value] = Field(
        description="Filters of the list and their values, as in its URL.", examples=[{"state": "submitted"}]
    )


class SavedFilterOut(Out):
    """A saved filter; calling `link` uses it."""

    id: UUID
    version: int
    list: str
    name: str
    shared: bool
    own: bool = Field(description="Whether the caller keeps it, and may change it.")
    query: dict[str, str]
    link: str = Field(examples=["/procurement/v1/orders?state=submitted"])
    created_at: Instant
    updated_at: Instant
