"""A small service: one aggregate, as endpoints of the platform look."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Annotated
from uuid import UUID

import httpx
import orjson
from fastapi import APIRouter, FastAPI, Query, Request
from pydantic import Field, field_validator
from starlette.responses import Response

from chassis.errors import Aborted, FailedPrecondition, NotFound
from chassis.http.app import create_app
from chassis.http.faults import fault
from chassis.http.problems import problems
from chassis.http.schemas import Filters, In, Out, PageOut
from chassis.runtime import as_mounted
from chassis.values import Quantity, Text

ORDERS = "/procurement/v1/orders"


class LineIn(In):
    """A line."""

    quantity: Quantity
    count: int = 1
    urgent: bool = False
    day: date | None = None


class OrderIn(In):
    """An order."""

    name: Text
    uscc: str = ""
    lines: list[LineIn] = Field(max_length=200)

    @field_validator("uscc")
    @classmethod
    def _check_digit(cls, value: str) -> str:
        if value == "wrong":
            raise fault("USCC_CHECK_DIGIT", zh="统一社会信用代码校验位 {不符}", en="the check digit {does} not fit")
        return value


class OrderOut(Out):
    """An order as it is."""

    id: UUID
    version: int = 1
    note: str | None = None
    delivered: date | None = None


class OrderFilters(Filters):
    """What a list can be narrowed by."""

    state: str | None = None
    least: int = 0


class Service:
    """What a test lets the endpoints do."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.bodies: list[object] = []

    def router(self) -> APIRouter:
        orders = APIRouter(prefix="/orders", tags=["orders"])

        @orders.post("", operation_id="createOrder", status_code=201, response_model=OrderOut, responses=problems())
        async def create(body: OrderIn, request: Request) -> Response:
            """Create an order."""
            self.bodies.append(await request.json())
            return Response(orjson.dumps({"lines": len(body.lines)}), media_type="application/json")

        @orders.get("/{order_id}", operation_id="getOrder", response_model=OrderOut, responses=problems(NotFound))
        async def get(order_id: UUID) -> Response:
            """Read an order."""
            if self.failure is not None:
                raise self.failure
            return Response(b"{}", media_type="application/json")

        @orders.get("", operation_id="listOrders", response_model=PageOut[OrderOut], responses=problems())
        async def listed(filters: Annotated[OrderFilters, Query()], page_size: int = 50) -> Response:
            """List orders."""
            return Response(orjson.dumps({"state": filters.state, "least": filters.least, "size": page_size}))

        @orders.post(
            "/{order_id}:approve",
            operation_id="approveOrder",
            response_model=OrderOut,
            responses=problems(NotFound, FailedPrecondition, Aborted),
        )
        async def approve(order_id: UUID) -> Response:
            """Approve an order."""
            return Response(b"{}", media_type="application/json")

        @orders.patch("/{order_id}", operation_id="changeOrder", response_model=OrderOut)
        async def change(order_id: UUID, body: OrderIn) -> Response:
            """Change an order."""
            return Response(b"{}", media_type="application/json")

        @orders.post("/{order_id}:import", operation_id="importOrder", max_body_size=3_000_000)
        async def upload(order_id: UUID, request: Request) -> Response:
            """Import an order."""
            return Response(str(len(await request.body())))

        outer = APIRouter(prefix="/procurement/v1")
        outer.include_router(orders)
        return outer

    def app(self) -> FastAPI:
        parts = {"title": "Orders", "description": "Sample", "router": self.router(), "extend": as_mounted}
        return create_app(SimpleNamespace(**parts))


def client(app: FastAPI, language: str = "en") -> httpx.AsyncClient:
    """A caller; an exception that leaves the application fails the test."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://sample.test", headers={"Accept-Language": language}
    )
