"""Every table of procurement, for migrations and for the test that compares them with the database."""

from __future__ import annotations

from chassis.database import tables
from procurement.approvals.models import ApprovalMatrix, ApprovalStep, Delegation
from procurement.buyer_codes.models import BuyerCode
from procurement.deliveries.models import Delivery, DeliveryFile, DeliveryLine, Sample, WeighingTolerance, Witness
from procurement.files.models import File, FileShare
from procurement.invoices.models import Invoice, InvoiceLine
from procurement.materials.models import Branch, Material, MaterialUnit
from procurement.orders.models import Order, OrderLine
from procurement.prices.models import FrozenMonth, Publication, PublishedRow, Statistic
from procurement.requisitions.models import Requisition, RequisitionLine
from procurement.rulebook.models import OrganisationRule
from procurement.statements.models import Statement, StatementLine
from procurement.suppliers.models import Invitation, Licence, SupplierFile, SupplierPolicy
from procurement.units.models import UnitConversion

TABLES = tables(
    *(Branch, Material, MaterialUnit),
    UnitConversion,
    BuyerCode,
    *(Order, OrderLine),
    *(Delivery, DeliveryLine, DeliveryFile, Sample, Witness, WeighingTolerance),
    *(File, FileShare),
    *(Publication, PublishedRow, Statistic, FrozenMonth),
    *(SupplierFile, Licence, Invitation, SupplierPolicy),
    OrganisationRule,
    *(ApprovalMatrix, ApprovalStep, Delegation),
    *(Requisition, RequisitionLine),
    *(Statement, StatementLine),
    *(Invoice, InvoiceLine),
)
