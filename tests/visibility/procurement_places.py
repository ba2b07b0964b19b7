"""Real rows of procurement; who has a part in them, and who is near but has none."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.clock import shanghai_day
from chassis.identity import Kind, Role
from chassis.ids import new_id
from procurement.approvals import service as approvals
from procurement.approvals.service import Delegate
from procurement.orders import service as orders
from procurement.saved_filters import service as saved_filters
from procurement.saved_filters.service import Content
from tests.chassis.files.samples import uploaded
from tests.harness import NOON, Harness, key, organisation
from tests.procurement.agreements.conftest import Agreements
from tests.procurement.auctions import bidding
from tests.procurement.buying import Buying
from tests.procurement.changes.conftest import Changes
from tests.procurement.conftest import Orders, tell_parties
from tests.procurement.conftest import Site as ProcurementSite
from tests.procurement.guarantees.test_endpoints import recorded
from tests.procurement.payables.conftest import Ledger
from tests.procurement.requisitions.conftest import Requisitions
from tests.procurement.settling import Desk
from tests.procurement.supplements.conftest import Supplements
from tests.procurement.suppliers.conftest import Dealing
from tests.visibility.place import Place

TODAY = shanghai_day(NOON)
REQUISITIONS = frozenset(
    {
        "approveRequisition",
        "cancelRequisition",
        "closeRequisition",
        "createRequisition",
        "getRequisition",
        "listOpenRequisitionLines",
        "listRequisitions",
        "rejectRequisition",
        "reviseRequisition",
        "submitRequisition",
    }
)


async def _dispatched(making: Orders, order_id: UUID) -> str:
    line = (await making.read(order_id)).lines[0]
    body = {
        "order_id": str(order_id),
        "note_number": f"DN-{new_id().hex[-8:]}",
        "certificate_number": "QC-2026-000123",
        "certificate_sha256": "9f" * 32,
        "lines": [{"line_id": str(line.id), "quantity": "1"}],
    }
    async with making.harness.client(making.sales) as client:
        answer = await client.post("/procurement/v1/deliveries", json=body, headers=key())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


OWED = frozenset({"getPayable", "listPayables", "releaseRetention", "getReceivable", "listReceivables", "listReceipts"})
SECURED = frozenset({"getGuarantee", "listGuarantees", "extendGuarantee", "releaseGuarantee", "claimGuarantee"})
PAYING = frozenset({
    "getPayment", "submitPayment", "approvePayment", "rejectPayment", "cancelPayment", "exportPayment", "provePayment",
    "preparePayment", "recordRefund",
})  # fmt: skip


async def _settlement(site: ProcurementSite, harness: Harness) -> list[Place]:
    """What is owed (both sides see it), a payment order (the buyer's own), a guarantee (both sides)."""
    ledger = Ledger(harness, site)
    await ledger.agreed(supplier_id=str(site.supplier.id))
    [payable] = await ledger.invoice("100.00")
    await ledger.paid([(payable.id, "20.00")])
    payment = (await ledger.prepared([(payable.id, "10.00")])).json()
    ids = {"payable_id": str(payable.id)}
    guarantee = {"guarantee_id": str(await recorded(harness, site))}
    return [
        Place("what is owed", ids, [site.contractor, site.supplier], only=OWED),
        Place("a payment order", ids | {"payment_id": payment["id"]}, [site.contractor], [site.supplier], PAYING),
        Place("a guarantee", guarantee, [site.contractor, site.supplier], only=SECURED),
    ]


BILLED = frozenset(
    {
        "agreeStatementLines",
        "approveInvoice",
        "cancelInvoice",
        "closeStatement",
        "correctStatementLines",
        "disputeStatementLines",
        "draftStatement",
        "getInvoice",
        "getStatement",
        "getStatementDocument",
        "getUblCreditNote",
        "getUblInvoice",
        "listCreditDue",
        "listInvoices",
        "listStatements",
        "matchInvoice",
        "proposeStatement",
        "rejectInvoice",
        "withdrawStatement",
    }
)


async def _billed(making: Orders, site: ProcurementSite) -> Place:
    """An approved invoice, goods that went back so that a credit note is due, and a draft statement."""
    desk = await Desk.open(making.harness, making, site)
    delivery = await desk.accepted("98")
    billed = await desk.approved(desk.billed(0, "50"))
    await desk.send_back(delivery, "60")
    drafted = await desk.done(desk.sales, "/statements", desk.statement())
    ids = {
        "statement_id": str(drafted["id"]),
        "invoice_id": str(billed["id"]),
        "project_id": str(site.project_id),
        "buyer_id": str(site.contractor.id),
        "supplier_id": str(site.supplier.id),
    }
    rivals = [organisation(Kind.SUPPLIER), organisation(Kind.CONTRACTOR)]
    return Place("a statement and an invoice", ids, [site.contractor, site.supplier], rivals, BILLED)


async def _planned(site: ProcurementSite, harness: Harness) -> list[Place]:
    """A requisition that may be bought, and a delegation: a buyer's own business."""
    making = Requisitions(harness, site)
    requisition = {"requisition_id": str(await making.approved()), "project_id": str(site.project_id)}
    document = {"document_id": requisition["requisition_id"]}
    command = Delegate(making.buyer.subject, (Role.APPROVER,), TODAY, TODAY, False, "年假")
    async with harness.work(making.approver) as work:
        delegation = await approvals.delegate(work, command)
    others = [site.supplier, organisation(Kind.CONTRACTOR)]
    return [
        Place("a requisition", requisition, [site.contractor], others, REQUISITIONS),
        Place("its approval", document, [site.contractor], others, frozenset({"listApprovalSteps"})),
        Place("a delegation", {"delegation_id": str(delegation.id)}, [site.contractor], others),
    ]


async def _on_site(making: Orders, order_id: UUID) -> Place:
    """A delivery at the gate, of which a sample was taken; the project's supervisor looks on."""
    site, supervisor = making.site, organisation(Kind.SUPERVISOR)
    await tell_parties(making.harness, site, {supervisor.id: "supervisor"})
    delivery = f"/procurement/v1/deliveries/{await _dispatched(making, order_id)}"
    async with making.harness.client(site.contractor.as_(Role.SITE_ENGINEER)) as client:
        arrived = (await client.post(f"{delivery}:arrive", json={}, headers=key())).json()
        sample = {"line_id": arrived["lines"][0]["id"], "number": "JZ-1", "laboratory": "lab"}
        taken = await client.post(f"{delivery}/samples", json=sample, headers=key())
    assert taken.status_code == 201, taken.text
    ids = {
        "delivery_id": arrived["id"],
        "sample_id": taken.json()["samples"][0]["id"],
        "project_id": str(site.project_id),
    }
    return Place(
        "a delivery on site",
        ids,
        [site.contractor, site.supplier, supervisor],
        [organisation(Kind.SUPERVISOR)],
        ON_SITE_DELIVERIES,
    )


ON_SITE_DELIVERIES = frozenset(
    {"arriveDelivery", "getDelivery", "listDeliveries", "reportSample", "takeSample", "witnessDelivery"}
)


async def procurement(site: ProcurementSite, harness: Harness) -> list[Place]:
    """An order that is being delivered, and one that its supplier is not yet shown."""
    making = Orders(harness, site)
    confirmed, submitted = await making.confirmed(), await making.submitted()
    open_order = {
        "order_id": str(confirmed),
        "delivery_id": await _dispatched(making, confirmed),
        "project_id": str(site.project_id),
        "buyer_id": str(site.contractor.id),
        "supplier_id": str(site.supplier.id),
    }
    async with harness.client(making.sales) as client:
        private_file = {"file_id": await uploaded(client)}
    async with harness.work(making.buyer) as work:
        assert (await orders.get(work, submitted)).state == "submitted"
    dealing = Dealing(harness, site.contractor, site.supplier)
    file_id = await dealing.joined()
    await dealing.with_account(file_id)
    await dealing.licensed(file_id)
    planned = await _planned(site, harness)
    return [
        Place(
            "an order and its delivery",
            open_order,
            [site.contractor, site.supplier],
            without=frozenset({"createAgreement", "reviseAgreement", "callOff"}),
        ),
        *await _settlement(site, harness),
        *planned,
        Place("a supplier's file", {"supplier_file_id": str(file_id)}, [site.contractor, site.supplier]),
        Place("not yet approved", {"order_id": str(submitted)}, [site.contractor], [site.supplier]),
        await _on_site(making, confirmed),
        await _billed(making, site),
        Place("a file that hangs on nothing yet", private_file, [site.supplier], [site.contractor]),
        *await _changes(Changes(making)),
        *await _agreements(Agreements(harness, site, organisation(Kind.CONTRACTOR))),
        *await _sourcing(await Buying.at(harness, site)),
        await _saved_filter(harness, site),
    ]


ABOUT_A_CHANGE = frozenset(
    {
        "acceptOrderChange",
        "approveOrderChange",
        "declineOrderChange",
        "getOrderChange",
        "rejectOrderChange",
        "withdrawOrderChange",
    }
)


async def _changes(making: Changes) -> list[Place]:
    """A change that was offered to the supplier, and one that waits for the buyer's own approver."""
    places, site = [], making.orders.site
    for quantity, members, beside in (
        ("9", [site.contractor, site.supplier], []),
        ("11", [site.contractor], [site.supplier]),
    ):
        change = await making.more(await making.order(), quantity)
        ids, given = {"change_id": str(change.id)}, {"order_id": str(change.order_id)}
        places.append(Place(f"a change that is {change.state}", ids, members, beside, ABOUT_A_CHANGE, given=given))
    return places


ABOUT_A_SUPPLEMENT = frozenset(
    {
        *("getSupplement", "getSupplementDocument", "submitSupplement", "approveSupplement", "rejectSupplement"),
        *("proposeSupplement", "withdrawSupplement", "signSupplement", "declineSupplement"),
    }
)


async def _agreements(making: Agreements) -> list[Place]:
    """An agreement with a call-off, one that is not signed yet, and supplements."""
    active, proposed = await making.active(), await making.proposed()
    await making.call_off(active, "1")
    head, site = making.head, making.site
    supplements = Supplements(making)
    given = {"agreement_id": str(active.id)}
    drafted = await supplements.drafted(active, valid_to=date(2027, 12, 31))
    offered = {"agreement_id": str((other := await making.active()).id)}
    sent = await supplements.proposed(other, valid_to=date(2027, 12, 31))
    strangers = [site.contractor]
    return [
        Place(
            "a supplement in draft",
            {"supplement_id": str(drafted.id)},
            [head],
            [site.supplier, *strangers],
            ABOUT_A_SUPPLEMENT,
            given=given,
        ),
        Place(
            "a supplement to sign",
            {"supplement_id": str(sent.id)},
            [head, site.supplier],
            strangers,
            ABOUT_A_SUPPLEMENT,
            given=offered,
        ),
        Place("an agreement", {"agreement_id": str(active.id)}, [head, site.contractor, site.supplier]),
        Place("not yet signed", {"agreement_id": str(proposed.id)}, [head, site.supplier], [site.contractor]),
    ]


async def _sourcing(buying: Buying) -> list[Place]:
    """An inquiry with a sealed quote, one that is awarded, and an auction; each with one guest; the rival is none."""
    buyer, guest, rival = buying.site.contractor, buying.suppliers[0], buying.suppliers[1]
    alone = {"supplier_ids": [str(guest.id)]}
    sealed, decided = await buying.published(**alone), await buying.published(**alone)
    asked = await buying.post(buying.sales(0), f"/sourcing/{sealed['id']}/questions", {"text": "?"})
    quote = await buying.quote(0, sealed, "4000", None)
    await buying.quote(0, decided, "4000", "4100")
    _, auction = await bidding.running(buying, **alone)
    await bidding.bid(buying, 0, auction, bidding.START)
    await buying.at_the_deadline(decided)
    ids = await buying.offered(decided)
    lines = [{"offer_line_id": ids[0, line], "quantity": quantity} for line, quantity in ((0, "10"), (1, "4"))]
    award = await buying.post(buying.buyer, "/awards", {"sourcing_id": decided["id"], "lines": lines})
    [offer] = (await buying.get(buying.buyer, f"/offers?sourcing_id={decided['id']}"))["items"]
    deciding = {"sourcing_id": decided["id"], "offer_id": offer["id"], "award_id": award["id"]}
    return [
        Place("an inquiry", {"sourcing_id": sealed["id"], "question_id": asked["id"]}, [buyer, guest], [rival]),
        Place("a sealed quote", {"quote_id": quote["id"]}, [guest], [buyer, rival]),
        Place("what was offered", deciding, [buyer], [guest, rival], OFFERED),
        Place("what was won", {"sourcing_id": decided["id"]}, [guest], [buyer, rival], frozenset({"getOutcome"})),
        Place(
            "an auction",
            {"auction_id": auction["id"], "sourcing_id": auction["sourcing_id"]},
            [buyer, guest],
            [rival],
        ),
    ]


OFFERED = frozenset(
    {
        "approveAward",
        "compareOffers",
        "getAward",
        "getOffer",
        "listAwards",
        "listOfferedWageStandings",
        "listOffers",
        "rejectAward",
        "withdrawAward",
    }
)


async def _saved_filter(harness: Harness, site: ProcurementSite) -> Place:
    """One that is shared within the contractor's organisation."""
    content = Content("listOrders", f"F-{new_id()}", True, {"state": "submitted"})
    async with harness.work(site.contractor.as_(Role.BUYER)) as work:
        saved = await saved_filters.save(work, content)
    return Place("a shared filter", {"saved_filter_id": str(saved.id)}, [site.contractor], [site.supplier])
