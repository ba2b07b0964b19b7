"""Every table of procurement, for migrations and for the test that compares them with the database."""

from __future__ import annotations

from chassis.database import tables
from procurement.approvals.models import ApprovalMatrix, ApprovalStep, Delegation
from procurement.auctions.models import Auction, AuctionLine, Bid, Bidder
from procurement.awards.models import Award, AwardLine
from procurement.deliveries.models import Delivery, DeliveryLine
from procurement.materials.models import Material, MaterialUnit
from procurement.offers.models import Offer, OfferLine
from procurement.orders.models import Order, OrderLine
from procurement.quotes.models import Quote, QuoteKey
from procurement.requisitions.models import Requisition, RequisitionLine
from procurement.rulebook.models import OrganisationRule
from procurement.sourcing.models import Guest, Part, Question, Sourcing, SourcingLine
from procurement.suppliers.models import Invitation, Licence, SupplierFile, SupplierPolicy

TABLES = tables(
    *(Material, MaterialUnit),
    *(Order, OrderLine),
    *(Delivery, DeliveryLine),
    *(SupplierFile, Licence, Invitation, SupplierPolicy),
    OrganisationRule,
    *(ApprovalMatrix, ApprovalStep, Delegation),
    *(Requisition, RequisitionLine),
    *(Sourcing, SourcingLine, Part, Guest, Question, Quote, QuoteKey),
    *(Offer, OfferLine, Auction, AuctionLine, Bidder, Bid, Award, AwardLine),
)
