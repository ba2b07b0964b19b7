"""REST table of contents."""

from __future__ import annotations

from fastapi import APIRouter

from chassis.files import endpoints as files
from procurement import permissions
from procurement.agreements import endpoints as agreements
from procurement.approvals import endpoints as approvals
from procurement.auctions import endpoints as auctions
from procurement.awards import endpoints as awards
from procurement.buyer_codes import endpoints as buyer_codes
from procurement.changes import endpoints as changes
from procurement.deliveries import endpoints as deliveries
from procurement.guarantees import endpoints as guarantees
from procurement.invoices import endpoints as invoices
from procurement.materials import endpoints as materials
from procurement.offers import endpoints as offers
from procurement.orders import endpoints as orders
from procurement.paper import endpoints as paper
from procurement.payables import endpoints as payables
from procurement.payments import endpoints as payments
from procurement.prices import endpoints as prices
from procurement.quotes import endpoints as quotes
from procurement.requisitions import endpoints as requisitions
from procurement.rulebook import endpoints as rulebook
from procurement.saved_filters import endpoints as saved_filters
from procurement.scorecards import endpoints as scorecards
from procurement.search import endpoints as search
from procurement.sourcing import endpoints as sourcing
from procurement.statements import endpoints as statements
from procurement.supplements import endpoints as supplements
from procurement.suppliers import endpoints as suppliers
from procurement.ubl import endpoints as ubl
from procurement.units import endpoints as units
from procurement.wage_standings import endpoints as wage_standings
from procurement.worklist import endpoints as worklist

router = APIRouter(prefix="/procurement/v1")
router.include_router(materials.router)
router.include_router(materials.branch_router)
router.include_router(units.router)
router.include_router(buyer_codes.router)
router.include_router(prices.router)
router.include_router(orders.router)
router.include_router(changes.router)
router.include_router(agreements.router)
router.include_router(supplements.router)
router.include_router(deliveries.router)
router.include_router(paper.router)
router.include_router(ubl.router)
router.include_router(files.router(permissions.FILES_UPLOAD, permissions.FILES_READ))
router.include_router(sourcing.router)
router.include_router(quotes.router)
router.include_router(auctions.router)
router.include_router(offers.router)
router.include_router(awards.router)
router.include_router(payables.router)
router.include_router(payments.router)
router.include_router(guarantees.router)
router.include_router(suppliers.router)
router.include_router(suppliers.invitations)
router.include_router(suppliers.standings)
router.include_router(suppliers.policies)
router.include_router(scorecards.router)
router.include_router(rulebook.router)
router.include_router(approvals.router)
router.include_router(requisitions.router)
router.include_router(statements.router)
router.include_router(invoices.router)
router.include_router(worklist.router)
router.include_router(search.router)
router.include_router(saved_filters.router)
router.include_router(wage_standings.router)
