"""The only SQL of orders. Every query starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import CTE, ColumnElement, Insert, Numeric, Select, String, and_, bindparam, case, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.types import Date, Integer, Uuid
from sqlmodel import col

from chassis import replica
from chassis.database import table_of
from chassis.hot import HotSelect, HotStatement, json_rows, parameters, unnested
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, decode_token, encode_token
from chassis.work import Work, constraint_of
from procurement.materials.models import MaterialUnit
from procurement.orders import errors
from procurement.orders.models import Order, OrderLine
from procurement.orders.rules import CENT, NewOrder
from procurement.orders.states import AWAITED, COMMITTED, OPEN_TO_SUPPLIER, State


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """The buyer sees its orders; the supplier those addressed to it, from approval on."""
    return _visible(principal.organisation_id, sells=Kind.SUPPLIER in principal.kinds)


def _visible(organisation: Any, *, sells: bool) -> ColumnElement[bool]:
    own: ColumnElement[bool] = col(Order.buyer_id) == organisation
    if not sells:
        return own
    is_open = or_(*(col(Order.state) == state for state in OPEN_TO_SUPPLIER))
    addressed = (col(Order.supplier_id) == organisation) & is_open
    # A cancelled draft was never the supplier's business.
    return or_(own, addressed & or_(col(Order.state) != State.CANCELLED, col(Order.approved_at).is_not(None)))


def _one(principal: Principal, order_id: UUID) -> Select[Order]:
    return (
        select(Order).where(visible_to(principal), col(Order.id) == order_id).options(selectinload(Order.lines))  # type: ignore[arg-type]
    )


async def get(session: AsyncSession, principal: Principal, order_id: UUID) -> Order:
    """The order with its lines; NotFound ORDER_NOT_FOUND when the caller may not see it."""
    order = await session.scalar(_one(principal, order_id))
    if order is None:
        raise errors.order_not_found(order_id)
    return order


async def get_for_update(session: AsyncSession, principal: Principal, order_id: UUID) -> Order:
    """The same, locked until the end of the transaction and as it is now."""
    statement = _one(principal, order_id).with_for_update(of=Order).execution_options(populate_existing=True)
    order = await session.scalar(statement)
    if order is None:
        raise errors.order_not_found(order_id)
    return order


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders a list shows; None means all."""

    project_id: UUID | None = None
    supplier_id: UUID | None = None
    buyer_id: UUID | None = None
    state: State | None = None
    number: str | None = None
    late: bool = False


FILTERS = ("project_id", "supplier_id", "buyer_id", "state", "number")
SUMMARY_COLUMNS = (
    "id",
    "version",
    "number",
    "project_id",
    "buyer_id",
    "supplier_id",
    "state",
    "currency",
    "total",
    "note",
    "reason",
    "origin",
    "origin_id",
    "direct_reason",
    "created_at",
    "updated_at",
    "approved_at",
)


def _late_on(day: Any) -> Select[Any]:
    """`rules.is_late` of lines, in SQL: the orders of which one should have come in full before this day (逾期未到)."""
    return select(col(OrderLine.order_id)).where(
        col(OrderLine.needed_by) < day,
        col(OrderLine.closed).is_(False),
        col(OrderLine.delivered) < col(OrderLine.quantity),
    )


@lru_cache(maxsize=128)
def _listing(names: frozenset[str], *, sells: bool, later: bool, late: bool) -> HotSelect:
    """A page of summaries with these filters, for one who sells or not, first page or a later one; late ones only."""
    columns, today = table_of(Order).c, bindparam("today", type_=Date())
    awaited = or_(*(columns.state == state for state in AWAITED))
    missing = _late_on(today).where(col(OrderLine.order_id) == columns.id).exists()
    shown = *(columns[name] for name in SUMMARY_COLUMNS), and_(awaited, missing).label("late")
    statement = select(*shown).where(_visible(bindparam("organisation", type_=Uuid()), sells=sells))
    for name in sorted(names):
        statement = statement.where(columns[name] == bindparam(f"wanted_{name}", type_=columns[name].type))
    if late:
        statement = statement.where(awaited, columns.id.in_(_late_on(today)))
    if later:
        statement = statement.where(columns.id < bindparam("after", type_=Uuid()))
    newest = statement.order_by(columns.id.desc()).limit(bindparam("rows", type_=Integer()))
    return HotSelect(json_rows(newest, "id"))


async def page(
    connection: asyncpg.Connection[Any], principal: Principal, wanted: OrderFilter, request: PageRequest, today: date
) -> Page[str]:
    """Summaries of the caller's orders as JSON, newest first (an id is a UUIDv7, so its order is that of creation).

    A hot path: one compiled statement on the driver, and PostgreSQL writes the JSON.
    """
    given = {name: getattr(wanted, name) for name in FILTERS if getattr(wanted, name) is not None}
    values = {f"wanted_{name}": value for name, value in given.items()}
    values |= {"organisation": principal.organisation_id, "rows": request.size + 1, "today": today}
    if request.token:
        [values["after"]] = decode_token(request.token, (UUID,))
    sells = Kind.SUPPLIER in principal.kinds
    statement = _listing(frozenset(given), sells=sells, later=bool(request.token), late=wanted.late)
    rows: list[str] = [row[0] for row in await connection.fetch(statement.sql, *statement.bind(values))]
    if len(rows) <= request.size:
        return Page(rows)
    rows.pop()
    return Page(rows, encode_token([orjson.loads(rows[-1])["id"]]))


async def unknown_units(session: AsyncSession, wanted: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these (material code, unit) pairs the catalogue does not have."""
    codes = {code for code, _ in wanted}
    rows = await session.execute(
        select(col(MaterialUnit.material_code), col(MaterialUnit.unit)).where(
            col(MaterialUnit.material_code).in_(codes)
        )
    )
    return set(wanted) - {(code, unit) for code, unit in rows}


def committed_quantity() -> ColumnElement[Decimal]:
    """`rules.committed_quantity` of an order line, in SQL."""
    ordered = func.greatest(col(OrderLine.quantity), col(OrderLine.accepted))
    return case((col(OrderLine.closed), col(OrderLine.delivered)), else_=ordered)


async def project_totals(session: AsyncSession, project_id: UUID) -> tuple[dict[str, int], Decimal, Decimal]:
    """For project-mgmt's overview: orders by state, amount ordered, amount accepted."""
    counted = await session.execute(
        select(col(Order.state), func.count()).where(col(Order.project_id) == project_id).group_by(col(Order.state))
    )
    ordered = await session.scalar(
        select(func.coalesce(func.sum(func.round(committed_quantity() * col(OrderLine.unit_price), 2)), 0))
        .join(Order, col(Order.id) == col(OrderLine.order_id))
        .where(col(Order.project_id) == project_id, col(Order.state).in_(COMMITTED))
    )
    accepted = await session.scalar(
        select(func.coalesce(func.sum(func.round(col(OrderLine.accepted) * col(OrderLine.unit_price), 2)), 0))
        .join(Order, col(Order.id) == col(OrderLine.order_id))
        .where(col(Order.project_id) == project_id)
    )
    return (
        {str(state): count for state, count in counted},
        Decimal(ordered or 0).quantize(CENT),
        Decimal(accepted or 0).quantize(CENT),
    )


ORDER_COLUMNS = (
    "id",
    "version",
    "created_at",
    "updated_at",
    "number",
    "project_id",
    "buyer_id",
    "supplier_id",
    "state",
    "currency",
    "total",
    "note",
    "reason",
    "origin",
    "origin_id",
    "direct_reason",
    "created_by",
)
LINE_COLUMNS: dict[str, Any] = {
    "id": Uuid(),
    "position": Integer(),
    "material_code": String(),
    "unit": String(),
    "cost_code": String(),
    "quantity": Numeric(18, 6),
    "unit_price": Numeric(18, 6),
    "tolerance_percent": Numeric(5, 2),
    "amount": Numeric(18, 2),
    "tax_percent": Numeric(5, 2),
    "needed_by": Date(),
    "origin_line_id": Uuid(),
    "requisition_line_id": Uuid(),
}


def _guard() -> Select[Any]:
    """The buyer takes part in the project today; asked in the same statement, so that it costs no round trip."""
    party = replica.KnownParty
    today = bindparam("today", type_=Date())
    return select(col(party.project_id)).where(
        col(party.project_id) == bindparam("order_project_id", type_=Uuid()),
        col(party.organisation_id) == bindparam("order_buyer_id", type_=Uuid()),
        col(party.valid_from) <= today,
        or_(col(party.valid_to).is_(None), col(party.valid_to) >= today),
    )


def _rows(claim: CTE) -> list[Insert]:
    order = insert(Order).from_select(
        ORDER_COLUMNS,
        select(*parameters(Order, ORDER_COLUMNS, "order")).select_from(claim),
        include_defaults=False,
    )
    line = unnested("line", **LINE_COLUMNS)
    lines = insert(OrderLine).from_select(
        ("order_id", *LINE_COLUMNS),
        select(bindparam("order_id", type_=Uuid()), *(line.c[name] for name in LINE_COLUMNS)).select_from(claim, line),
        include_defaults=False,
    )
    return [order, lines]


CREATE = HotStatement(_rows, _guard())
_TEXTS = ("state", "origin")
ORDER_TYPES: dict[str, Any] = {
    name: String() if name in _TEXTS else table_of(Order).c[name].type for name in ORDER_COLUMNS
}


def _insert_many(table: type[Order | OrderLine], alias: str, types: dict[str, Any]) -> Insert:
    rows = unnested(alias, **types)
    return (
        table_of(table)
        .insert()
        .from_select(  # of the table: the ORM's bulk insert knows no source rows
            list(types), select(*(rows.c[name] for name in types)).select_from(rows), include_defaults=False
        )
    )


CREATE_ORDERS = _insert_many(Order, "order", ORDER_TYPES)
CREATE_LINES = _insert_many(OrderLine, "line", {"order_id": Uuid(), **LINE_COLUMNS})


async def create_many(work: Work, orders: Sequence[NewOrder]) -> None:
    """Write drafts with their lines in the open transaction: two statements, however many they are.

    Raises project_not_found, number_taken, unknown_materials (index: over the lines of all orders, as given).
    """
    session = await work.writing()
    buying = replica.takes_part(work.principal.organisation_id, work.today)
    known = set(await session.scalars(buying))
    lines = [(order.id, line) for order in orders for line in order.lines]
    for order in orders:
        if order.project_id not in known:
            raise errors.project_not_found(order.project_id)
    pairs = [(line.material_code, line.unit) for _, line in lines]
    unknown = await unknown_units(session, pairs)
    if unknown:
        raise errors.unknown_materials(
            [(index, code, unit) for index, (code, unit) in enumerate(pairs) if (code, unit) in unknown]
        )
    heads = {f"order_{name}": [getattr(order, name) for order in orders] for name in ORDER_COLUMNS}
    rows = {f"line_{name}": [getattr(line, name) for _, line in lines] for name in LINE_COLUMNS}
    rows["line_order_id"] = [order_id for order_id, _ in lines]
    try:
        await session.execute(CREATE_ORDERS, heads)
    except IntegrityError as error:
        if constraint_of(error) == "orders_number_taken":
            raise errors.number_taken(", ".join(order.number for order in orders)) from None
        raise
    await session.execute(CREATE_LINES, rows)


async def create(work: Work, order: NewOrder) -> None:
    """Write a draft, its lines, its fact, its audit row and the answer in one statement (a hot path).

    Raises project_not_found, number_taken, unknown_materials.
    """
    values: dict[str, Any] = {f"order_{name}": getattr(order, name) for name in ORDER_COLUMNS}
    values |= {f"line_{name}": [getattr(line, name) for line in order.lines] for name in LINE_COLUMNS}
    values["today"] = work.today
    try:
        row = await work.once(CREATE, values, order)
    except asyncpg.ForeignKeyViolationError:
        async with work.reading() as session:
            unknown = await unknown_units(session, [(line.material_code, line.unit) for line in order.lines])
        raise errors.unknown_materials(
            [
                (index, line.material_code, line.unit)
                for index, line in enumerate(order.lines)
                if (line.material_code, line.unit) in unknown
            ]
        ) from None
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "orders_number_taken":
            raise errors.number_taken(order.number) from None
        raise
    if row is None or not row["passed"]:
        raise errors.project_not_found(order.project_id)
