"""The only SQL of search. Every query starts from the `visible_to` of the slice whose rows it finds.

`search_bigrams` (pairs of characters) is what the GIN indexes hold; `strpos` over `search_text` (NFKC, lower case) then
says exactly whether a word is there, so `%` and `_` are characters like others. Of each kind at most `CANDIDATES` rows
are compared and ranked, the newest that hold all pairs, and always those whose code is the query. Decision 0012.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Row,
    Select,
    Subquery,
    Text,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Permission, Principal
from chassis.pages import Page, PageRequest, decode_token, encode_token
from procurement import permissions as may
from procurement.materials import repository as materials
from procurement.materials.models import MATERIAL_WORDS, Material
from procurement.orders import repository as orders
from procurement.orders.models import ORDER_WORDS, Order, OrderLine
from procurement.search.rules import CANDIDATES, Hit, Kind, Query
from procurement.suppliers import repository as suppliers
from procurement.suppliers.models import SUPPLIER_WORDS, SupplierFile

API = "/procurement/v1"


def _plain(value: Any) -> Any:
    return func.search_text(value, type_=Text())


def _pairs(value: Any) -> Any:
    return func.search_bigrams(value, type_=ARRAY(Text))


def _rows(entity: Any, words: str, *, code: Any, title: Any, detail: Any, link: Any) -> Select[Any]:
    """The members of a hit, and the text that is searched."""
    return select(
        col(entity.id).label("id"),
        code.label("code"),
        title.label("title"),
        detail.label("detail"),
        link.label("link"),
        literal_column(words, Text()).label("words"),
    )


def _found(rows: Select[Any], entity: Any, code: Any, words: str, query: Query) -> Select[Any]:
    """Those of the rows that hold every word, among at most `CANDIDATES` newest and those whose code is the query.

    The index gives rows with all pairs of characters (a word of one character has none, so the index lets it by). Only
    the newest of them are read and compared, so that a query that every row matches costs no more than a narrow one.
    """
    searched: ColumnElement[str] = literal_column(words, Text())
    pairs = [_pairs(searched).bool_op("@>")(_pairs(word)) for word in query.words]
    newest = rows.where(*pairs).order_by(col(entity.id).desc()).limit(CANDIDATES)
    named = rows.where(code.in_({query.whole, query.whole.upper()}))
    candidates = union(newest, named).subquery()
    held = [func.strpos(_plain(candidates.c.words), _plain(word)) > 0 for word in query.words]
    return select(candidates).where(*held)


def _ranked(found: Any, query: Query) -> Subquery:
    """With its rank: the code itself, codes that begin so, everything else."""
    rows, whole = found.subquery(), _plain(query.whole)
    plain = _plain(rows.c.code)
    rank = case((plain == whole, 0), (func.starts_with(plain, whole), 1), else_=2)
    return select(rows.c.id, rows.c.code, rows.c.title, rows.c.detail, rows.c.link, rank.label("rank")).subquery()


def _found_materials(principal: Principal, query: Query) -> Select[Any]:
    """Not those that are retired."""
    rows = _rows(
        Material,
        MATERIAL_WORDS,
        code=col(Material.code),
        title=col(Material.name_zh),
        detail=col(Material.specification),
        link=func.concat(API, "/materials/", Material.code, type_=Text()),
    ).where(materials.visible_to(principal), col(Material.retired).is_(False))
    return _found(rows, Material, col(Material.code), MATERIAL_WORDS, query)


def _found_suppliers(principal: Principal, query: Query) -> Select[Any]:
    """The buyer's own files."""
    rows = _rows(
        SupplierFile,
        SUPPLIER_WORDS,
        code=col(SupplierFile.uscc),
        title=col(SupplierFile.name_zh),
        detail=col(SupplierFile.name_en),
        link=func.concat(API, "/suppliers/", SupplierFile.id, type_=Text()),
    ).where(suppliers.visible_to(principal))
    return _found(rows, SupplierFile, col(SupplierFile.uscc), SUPPLIER_WORDS, query)


def _found_orders(principal: Principal, query: Query) -> Any:
    """By number and note, or by a material that they buy, at most `CANDIDATES` newest of either."""
    rows = _rows(
        Order,
        ORDER_WORDS,
        code=col(Order.number),
        title=col(Order.note),
        detail=col(Order.state),
        link=func.concat(API, "/orders/", Order.id, type_=Text()),
    ).where(orders.visible_to(principal))
    bought = _found_materials(principal, query).subquery()
    buying = select(col(OrderLine.order_id)).where(col(OrderLine.material_code).in_(select(bought.c.code)))
    by_material = rows.where(col(Order.id).in_(buying)).order_by(col(Order.id).desc()).limit(CANDIDATES)
    return union(_found(rows, Order, col(Order.number), ORDER_WORDS, query), by_material)


@dataclass(frozen=True, slots=True)
class Entry:
    """A kind, who may read it, its ranked hits, and the columns that sort hits of the same rank (the last unique)."""

    kind: Kind
    permission: Permission
    hits: Subquery
    keys: tuple[str, ...]
    types: tuple[type, ...]
    newest_first: bool = False

    def page(self, request: PageRequest) -> Select[Any]:
        """The statement of a page, and one row more when there is another page."""
        columns, rank = [self.hits.c[key] for key in self.keys], self.hits.c.rank
        order = [column.desc() if self.newest_first else column.asc() for column in columns]
        statement = select(self.hits).order_by(rank, *order).limit(request.size + 1)
        if not request.token:
            return statement
        last, *values = decode_token(request.token, (int, *self.types))
        row, after = tuple_(*columns), tuple_(*[literal(value) for value in values])
        behind = row < after if self.newest_first else row > after
        return statement.where(or_(rank > last, and_(rank == last, behind)))

    def token(self, row: Row[Any]) -> str:
        """Of the page that begins after this row."""
        return encode_token([row.rank, *[getattr(row, key) for key in self.keys]])


def entries(principal: Principal, query: Query) -> tuple[Entry, ...]:
    """The table of all kinds: orders the newest first, materials by code, suppliers by name."""
    found_orders = _ranked(_found_orders(principal, query), query)
    found_materials = _ranked(_found_materials(principal, query), query)
    found_suppliers = _ranked(_found_suppliers(principal, query), query)
    return (
        Entry(Kind.ORDERS, may.ORDERS_READ, found_orders, ("id",), (UUID,), newest_first=True),
        Entry(Kind.MATERIALS, may.MATERIALS_READ, found_materials, ("code",), (str,)),
        Entry(Kind.SUPPLIERS, may.SUPPLIERS_READ, found_suppliers, ("title", "id"), (str, UUID)),
    )


async def find(
    session: AsyncSession, principal: Principal, query: Query, kinds: Sequence[Kind], request: PageRequest
) -> dict[Kind, Page[Hit]]:
    """A page of hits, the best first, of each of the kinds that the caller may read."""
    found = {}
    for entry in entries(principal, query):
        if entry.kind not in kinds or not entry.permission.allows(principal):
            continue
        rows = (await session.execute(entry.page(request))).all()
        items = [Hit(entry.kind, *row[:5]) for row in rows[: request.size]]
        token = entry.token(rows[request.size - 1]) if len(rows) > request.size else ""
        found[entry.kind] = Page(items, token)
    return found
