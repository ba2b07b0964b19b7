"""The only SQL of search. Every query starts from the `visible_to` of the slice whose rows it finds.

`search_bigrams` (pairs of characters) is what the GIN indexes hold; `strpos` over `search_text` (NFKC, lower case) then
says exactly whether a word is there, so `%` and `_` are characters like others. Decision 0012.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, Text, case, func, literal_column, select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Permission, Principal
from procurement import permissions as may
from procurement.materials import repository as materials
from procurement.materials.models import MATERIAL_WORDS, Material
from procurement.orders import repository as orders
from procurement.orders.models import ORDER_WORDS, Order, OrderLine
from procurement.search.rules import Hit, Hits, Kind, Query
from procurement.suppliers import repository as suppliers
from procurement.suppliers.models import SUPPLIER_WORDS, SupplierFile

API = "/procurement/v1"


def _plain(value: Any) -> Any:
    return func.search_text(value, type_=Text())


def _pairs(value: Any) -> Any:
    return func.search_bigrams(value, type_=ARRAY(Text))


def _holds(words: str, query: Query) -> list[ColumnElement[bool]]:
    """Every word of the query stands in these columns; a word of one character has no pair, so the index lets it by."""
    searched: ColumnElement[str] = literal_column(words, Text())
    found: list[ColumnElement[bool]] = []
    for word in query.words:
        found += [_pairs(searched).bool_op("@>")(_pairs(word)), func.strpos(_plain(searched), _plain(word)) > 0]
    return found


def _hit(entity: Any, query: Query, *, code: Any, title: Any, detail: Any, link: Any) -> Select[Any]:
    """Columns of a hit, ranked: the code itself, codes that begin so, everything else."""
    whole = _plain(query.whole)
    rank = case((_plain(code) == whole, 0), (func.starts_with(_plain(code), whole), 1), else_=2)
    return select(
        col(entity.id).label("id"),
        code.label("code"),
        title.label("title"),
        detail.label("detail"),
        link.label("link"),
        rank.label("rank"),
    )


def _materials(principal: Principal, query: Query) -> Select[Any]:
    """Not those that are retired. By code."""
    hit = _hit(
        Material,
        query,
        code=col(Material.code),
        title=col(Material.name_zh),
        detail=col(Material.specification),
        link=func.concat(API, "/materials/", Material.code, type_=Text()),
    )
    shown = materials.visible_to(principal), col(Material.retired).is_(False)
    found = hit.where(*shown, *_holds(MATERIAL_WORDS, query)).subquery()
    return select(found).order_by(found.c.rank, found.c.code)


def _suppliers(principal: Principal, query: Query) -> Select[Any]:
    """The buyer's own files. By name."""
    hit = _hit(
        SupplierFile,
        query,
        code=col(SupplierFile.uscc),
        title=col(SupplierFile.name_zh),
        detail=col(SupplierFile.name_en),
        link=func.concat(API, "/suppliers/", SupplierFile.id, type_=Text()),
    )
    found = hit.where(suppliers.visible_to(principal), *_holds(SUPPLIER_WORDS, query)).subquery()
    return select(found).order_by(found.c.rank, found.c.title, found.c.id)


def _orders(principal: Principal, query: Query) -> Select[Any]:
    """By number and note, or by a material that they buy. The newest first."""
    hit = _hit(
        Order,
        query,
        code=col(Order.number),
        title=col(Order.note),
        detail=col(Order.state),
        link=func.concat(API, "/orders/", Order.id, type_=Text()),
    ).where(orders.visible_to(principal))
    codes = select(col(Material.code)).where(materials.visible_to(principal), *_holds(MATERIAL_WORDS, query))
    buying = select(col(OrderLine.order_id)).where(col(OrderLine.material_code).in_(codes))
    found = union(hit.where(*_holds(ORDER_WORDS, query)), hit.where(col(Order.id).in_(buying))).subquery()
    return select(found).order_by(found.c.rank, found.c.id.desc())


@dataclass(frozen=True, slots=True)
class Entry:
    """A kind, who may read it, and its hits, the best first."""

    kind: Kind
    permission: Permission
    hits: Select[Any]


def entries(principal: Principal, query: Query) -> tuple[Entry, ...]:
    """The table of all kinds."""
    return (
        Entry(Kind.ORDERS, may.ORDERS_READ, _orders(principal, query)),
        Entry(Kind.MATERIALS, may.MATERIALS_READ, _materials(principal, query)),
        Entry(Kind.SUPPLIERS, may.SUPPLIERS_READ, _suppliers(principal, query)),
    )


async def find(
    session: AsyncSession, principal: Principal, query: Query, kinds: Sequence[Kind], limit: int
) -> list[Hits]:
    """At most `limit` hits of each of the kinds that the caller may read."""
    found = []
    for entry in entries(principal, query):
        if entry.kind not in kinds or not entry.permission.allows(principal):
            continue
        rows = (await session.execute(entry.hits.limit(limit + 1))).all()
        items = tuple(Hit(entry.kind, *row[:5]) for row in rows[:limit])
        found.append(Hits(entry.kind, items, more=len(rows) > limit))
    return found
