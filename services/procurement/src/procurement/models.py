"""Every table of procurement, for migrations and for the test that compares them with the database."""

from __future__ import annotations

from chassis.database import tables
from procurement.deliveries.models import Delivery, DeliveryLine
from procurement.guarantees.models import Guarantee
from procurement.materials.models import Material, MaterialUnit
from procurement.orders.models import Order, OrderLine
from procurement.payables.models import Offset, Payable, PaymentTerms
from procurement.payments.models import Payment, PaymentItem
from procurement.suppliers.models import Invitation, Licence, SupplierFile, SupplierPolicy

TABLES = tables(
    Material,
    MaterialUnit,
    Order,
    OrderLine,
    Delivery,
    DeliveryLine,
    SupplierFile,
    Licence,
    Invitation,
    SupplierPolicy,
    PaymentTerms,
    Payable,
    Offset,
    Payment,
    PaymentItem,
    Guarantee,
)
