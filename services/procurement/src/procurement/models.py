"""Every table of procurement, for migrations and for the test that compares them with the database."""

from __future__ import annotations

from chassis.database import tables
from procurement.buyer_codes.models import BuyerCode
from procurement.deliveries.models import Delivery, DeliveryLine
from procurement.materials.models import Branch, Material, MaterialUnit
from procurement.orders.models import Order, OrderLine
from procurement.prices.models import FrozenMonth, Publication, PublishedRow, Statistic
from procurement.units.models import UnitConversion

TABLES = tables(
    Branch,
    Material,
    MaterialUnit,
    UnitConversion,
    BuyerCode,
    Order,
    OrderLine,
    Delivery,
    DeliveryLine,
    Publication,
    PublishedRow,
    Statistic,
    FrozenMonth,
)
