"""Every table of procurement, for migrations and for the test that compares them with the database."""

from __future__ import annotations

from chassis.database import tables
from procurement.approvals.models import ApprovalMatrix, ApprovalStep, Delegation
from procurement.deliveries.models import Delivery, DeliveryLine
from procurement.invoices.models import Invoice, InvoiceLine
from procurement.materials.models import Material, MaterialUnit
from procurement.orders.models import Order, OrderLine
from procurement.requisitions.models import Requisition, RequisitionLine
from procurement.rulebook.models import OrganisationRule
from procurement.statements.models import Statement, StatementLine
from procurement.suppliers.models import Invitation, Licence, SupplierFile, SupplierPolicy

TABLES = tables(
    *(Material, MaterialUnit),
    *(Order, OrderLine),
    *(Delivery, DeliveryLine),
    *(SupplierFile, Licence, Invitation, SupplierPolicy),
    OrganisationRule,
    *(ApprovalMatrix, ApprovalStep, Delegation),
    *(Requisition, RequisitionLine),
    *(Statement, StatementLine),
    *(Invoice, InvoiceLine),
)
