"""Real rows of each service, made through its own use cases; who has a part in them, and who is near but has none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis.clock import shanghai_day
from chassis.identity import Kind, Role
from chassis.ids import new_id
from procurement.approvals import service as approvals
from procurement.approvals.service import Delegate
from procurement.orders import service as orders
from tests.equipment_leasing import feeds
from tests.equipment_leasing.conftest import Yard
from tests.equipment_leasing.telematics.pages import machine
from tests.harness import NOON, Harness, Organisation, key, organisation
from tests.labour.conftest import Site as LabourSite
from tests.labour.conftest import tell_project, worker_row
from tests.procurement.conftest import Orders, tell_parties
from tests.procurement.conftest import Site as ProcurementSite
from tests.procurement.files.samples import uploaded
from tests.procurement.requisitions.conftest import Requisitions
from tests.procurement.settling import Desk
from tests.procurement.suppliers.conftest import Dealing
from tests.project_mgmt.conftest import Site as ProjectSite


@dataclass(frozen=True)
class Place:
    """`ids` of rows by the names under which operations take them; `members` have a part in all or some of them.

    `beside` are organisations that are near (parties of the same project, rivals), but have no part in them.
    `only`: the operations that this place is about; none means all that take one of the ids. `offered`: names of ids
    that anybody who is signed in reads in a published offer. `given` are public ids that go with them.
    """

    name: str
    ids: dict[str, str]
    members: list[Organisation]
    beside: list[Organisation] = field(default_factory=list)
    only: frozenset[str] = frozenset()
    offered: frozenset[str] = frozenset()
    given: dict[str, str] = field(default_factory=dict)


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


SETTLEMENT = frozenset(
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
        "listCreditDue",
        "listInvoices",
        "listStatements",
        "matchInvoice",
        "proposeStatement",
        "rejectInvoice",
        "withdrawStatement",
    }
)


async def _settlement(making: Orders, site: ProcurementSite) -> Place:
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
    return Place("a statement and an invoice", ids, [site.contractor, site.supplier], rivals, SETTLEMENT)


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
        *planned,
        Place("an order and its delivery", open_order, [site.contractor, site.supplier]),
        Place("a supplier's file", {"supplier_file_id": str(file_id)}, [site.contractor, site.supplier]),
        Place("not yet approved", {"order_id": str(submitted)}, [site.contractor], [site.supplier]),
        await _settlement(making, site),
        await _on_site(making, confirmed),
        Place("a file that hangs on nothing yet", private_file, [site.supplier], [site.contractor]),
    ]


MONEY = frozenset(
    {
        "estimateBudget",
        "getBudget",
        "getIndicatorTotals",
        "getOverview",
        "listCommitments",
        "listIndicatorDays",
        "listIndicators",
        "setBudget",
    }
)


async def project_mgmt(site: ProjectSite, _: Harness) -> list[Place]:
    """A project with its budget, whose money a supplier on it does not see."""
    await site.set_budget(steel="1000.00")
    await site.commit(new_id(), steel="10.00")
    ids = {"project_id": str(site.project_id), "party_id": str(site.contractor.id)}
    return [
        Place("a project", ids, [site.contractor, site.owner, site.supervisor, site.supplier]),
        Place("its money", ids, [site.contractor, site.owner], [site.supplier], MONEY),
    ]


WORKERS = frozenset(
    {
        "assignWorker",
        "changeWorker",
        "getWorker",
        "listCertificates",
        "listTrainings",
        "recordCertificate",
        "recordTraining",
        "unmaskWorker",
    }
)
ON_SITE = frozenset(
    {
        "enterSite",
        "getAssignment",
        "getPresence",
        "leaveSite",
        "listAssignments",
        "listStays",
        "listSwipes",
        "listWorkerDays",
    }
)
GATES = frozenset({"getDevice", "listDevices", "recordSwipes", "registerDevice", "retireDevice"})


async def _device(site: LabourSite, client_id: str) -> str:
    """A gate whose device signs in as the client of all members in these tests."""
    body = {"project_id": str(site.project_id), "name": f"gate {new_id()}", "client_id": client_id}
    made = await site.post("/labour/v1/attendance/devices", body, site.engineer, status=201)
    return str(made["id"])


async def labour(site: LabourSite, _: Harness) -> list[Place]:
    """A worker who is assigned to a project that has a gate, and has gone through it."""
    rival = organisation(Kind.LABOUR_SUBCONTRACTOR)
    parties = {
        site.contractor.id: "general_contractor",
        site.subcontractor.id: "labour_subcontractor",
        site.owner.id: "owner",
        rival.id: "labour_subcontractor",
    }
    await tell_project(site.harness, site.project_id, parties, version=2)
    site.projects.roles[site.project_id, rival.id] = frozenset({"labour_subcontractor"})
    [worker] = await site.workers(worker_row())
    [assignment] = await site.assigned([worker], enter_at=(NOON - timedelta(hours=5)).isoformat())
    gate_device = site.contractor.as_(Role.GATE_DEVICE)
    device = await _device(site, gate_device.client_id)
    swipe = {
        "worker_id": str(worker),
        "at": (NOON - timedelta(hours=4)).isoformat(),
        "direction": "01",
        "attend_type": "001",
        "sequence": 1,
    }
    await site.post("/labour/v1/attendance/swipes:batch", {"device_id": device, "swipes": [swipe]}, gate_device)
    person = {"worker_id": str(worker), "employer_id": str(site.subcontractor.id)}
    on_site = person | {"assignment_id": str(assignment), "project_id": str(site.project_id)}
    gate = {"device_id": device, "project_id": str(site.project_id)}
    return [
        Place(
            "a worker",
            person,
            [site.subcontractor],
            [site.contractor, site.owner, rival],
            WORKERS,
            given={"project_id": str(site.project_id)},
        ),
        Place("who is on site", on_site, [site.subcontractor, site.contractor, site.owner], [rival], ON_SITE),
        Place("a gate", gate, [site.contractor, site.owner], [site.subcontractor, rival], GATES),
    ]


async def _hours(yard: Yard, rival: Organisation) -> Place:
    """A machine that stands on site and has worked there."""
    crane = await feeds.on_site(yard)
    feed = await feeds.open_feed(yard, "OEM-B")
    await feeds.take(yard, feed, machine("EQ-2", at=NOON - timedelta(hours=3), hours="10.00"))
    await feeds.tie(yard, feed, "EQ-2", crane)
    await feeds.take(yard, feed, machine("EQ-2", at=NOON - timedelta(hours=1), hours="12.00"))
    ids = {"machine_id": str(crane), "project_id": str(yard.project_id)}
    members = [yard.lessor, yard.contractor, yard.owner]
    return Place("hours on site", ids, members, [rival], frozenset({"listMachineHours"}))


async def equipment_leasing(yard: Yard, _: Harness) -> list[Place]:
    """A machine that is booked and sends its hours, and an offer that is not yet published."""
    crane = await yard.clear_machine()
    published = await yard.listing(crane)
    booking = await yard.booking("confirmed", published)
    feed = await feeds.open_feed(yard)
    await feeds.take(yard, feed, machine("EQ-1", at=NOON - timedelta(hours=3), hours="331.17"))
    await feeds.tie(yard, feed, "EQ-1", crane)
    answer = await yard.get(yard.manager, "/telematics/units", feed_id=str(feed))
    [unit] = answer.json()["items"]
    booked = {
        "machine_id": str(crane),
        "booking_id": str(booking),
        "lessor_id": str(yard.lessor.id),
        "lessee_id": str(yard.contractor.id),
        "project_id": str(yard.project_id),
    }
    private: dict[str, Any] = {
        "feed_id": str(feed),
        "unit_id": unit["id"],
        "listing_id": str(await yard.listing(publish=False)),
    }
    rival = organisation(Kind.LESSOR)
    return [
        Place(
            "a booked machine",
            booked,
            [yard.lessor, yard.contractor],
            [rival],
            offered=frozenset({"machine_id", "lessor_id"}),
        ),
        Place(
            "not yet on site",
            {"machine_id": str(crane), "booking_id": str(booking)},
            [yard.lessor, yard.contractor],
            [yard.owner],
            frozenset({"getMachine", "getMachineClearance", "getBooking"}),
        ),
        Place(
            "a project to book for",
            {"project_id": str(yard.project_id)},
            [yard.contractor],
            [organisation(Kind.CONTRACTOR)],
            frozenset({"holdMachine"}),
            given={"listing_id": str(published)},
        ),
        await _hours(yard, rival),
        Place("the lessor's own", private, [yard.lessor], [rival, yard.contractor, yard.owner]),
    ]


MAKING: dict[str, Callable[[Any, Harness], Awaitable[list[Place]]]] = {
    "procurement": procurement,
    "project_mgmt": project_mgmt,
    "labour": labour,
    "equipment_leasing": equipment_leasing,
}
"""How a service's rows are made, from its fixture of a project and its harness."""
