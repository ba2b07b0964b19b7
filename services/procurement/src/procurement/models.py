"""Every table of procurement, for migrations and for the test that compares them with the database."""

from __future__ import annotations

from chassis.database import tables
from chassis.files.models import File, FileShare
from chassis.replica import KnownOrganisation
from procurement.agreements.models import Agreement, AgreementItem, CallOff, CallOffLine, Entitlement
from procurement.approvals.models import ApprovalMatrix, ApprovalStep, Delegation
from procurement.auctions.models import Auction, AuctionLine, Bid, Bidder
from procurement.awards.models import Award, AwardLine
from procurement.buyer_codes.models import BuyerCode
from procurement.changes.models import OrderChange, OrderChangeLine
from procurement.deliveries.models import Delivery, DeliveryFile, DeliveryLine, Sample, WeighingTolerance, Witness
from procurement.guarantees.models import Guarantee
from procurement.invoices.models import Invoice, InvoiceLine
from procurement.materials.models import Branch, Material, MaterialUnit
from procurement.offers.models import Offer, OfferLine
from procurement.orders.models import Order, OrderLine
from procurement.payables.models import Offset, Payable, PaymentTerms
from procurement.payments.models import Payment, PaymentItem
from procurement.prices.models import FrozenMonth, Publication, PublishedRow, Statistic
from procurement.quotes.models import Quote, QuoteKey
from procurement.requisitions.models import Requisition, RequisitionLine
from procurement.rulebook.models import OrganisationRule
from procurement.saved_filters.models import SavedFilter
from procurement.sourcing.models import Guest, Part, Question, Sourcing, SourcingLine
from procurement.statements.models import Statement, StatementLine
from procurement.supplements.models import Supplement, SupplementEntitlement, SupplementItem
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
    *(OrderChange, OrderChangeLine),
    *(Agreement, AgreementItem, Entitlement, CallOff, CallOffLine),
    *(Supplement, SupplementItem, SupplementEntitlement),
    *(Sourcing, SourcingLine, Part, Guest, Question, Quote, QuoteKey),
    *(Offer, OfferLine, Auction, AuctionLine, Bidder, Bid, Award, AwardLine),
    *(PaymentTerms, Payable, Offset),
    *(Payment, PaymentItem),
    Guarantee,
    *(Statement, StatementLine),
    *(Invoice, InvoiceLine),
    SavedFilter,
    KnownOrganisation,
)
