"""Every table of procurement, for migrations and for the test that compares them with the database."""

from __future__ import annotations

from sqlalchemy import Table

from procurement.materials.models import Material, MaterialUnit
from procurement.orders.models import Order, OrderLine

TABLES: tuple[Table, ...] = tuple(
    model.__table__  # type: ignore[attr-defined]
    for model in (Material, MaterialUnit, Order, OrderLine)
)
