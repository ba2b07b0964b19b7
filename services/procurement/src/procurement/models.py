"""Every table of procurement, for migrations and for the test that compares them with the database."""

from __future__ import annotations

from chassis.database import tables
from procurement.deliveries.models import Delivery, DeliveryFile, DeliveryLine, Sample, WeighingTolerance, Witness
from procurement.files.models import File, FileShare
from procurement.materials.models import Material, MaterialUnit
from procurement.orders.models import Order, OrderLine
from procurement.suppliers.models import Invitation, Licence, SupplierFile, SupplierPolicy

TABLES = tables(
    Material,
    MaterialUnit,
    Order,
    OrderLine,
    Delivery,
    DeliveryLine,
    DeliveryFile,
    Sample,
    Witness,
    WeighingTolerance,
    File,
    FileShare,
    SupplierFile,
    Licence,
    Invitation,
    SupplierPolicy,
)
