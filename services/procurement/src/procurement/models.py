"""Every table of procurement, for migrations and for the test that compares them with the database."""

from __future__ import annotations

from chassis.database import tables
from procurement.deliveries.models import Delivery, DeliveryLine
from procurement.invoices.models import Invoice, InvoiceLine, InvoiceTolerance
from procurement.materials.models import Material, MaterialUnit
from procurement.orders.models import Order, OrderLine
from procurement.statements.models import Statement, StatementLine

TABLES = tables(
    Material,
    MaterialUnit,
    Order,
    OrderLine,
    Delivery,
    DeliveryLine,
    Statement,
    StatementLine,
    Invoice,
    InvoiceLine,
    InvoiceTolerance,
)
