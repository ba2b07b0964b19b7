"""A contractor and its supplier with something of every kind left undone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from procurement.worklist.rules import Kind as Waiting
from tests.harness import NOON, Harness, organisation
from tests.procurement.agreements.conftest import Agreements
from tests.procurement.auctions import bidding
from tests.procurement.buying import Buying
from tests.procurement.changes.conftest import Changes
from tests.procurement.conftest import Orders, Site
from tests.procurement.guarantees.test_endpoints import recorded
from tests.procurement.payables.conftest import Ledger
from tests.procurement.requisitions.conftest import Requisitions
from tests.procurement.settling import Desk
from tests.procurement.supplements.conftest import Supplements
from tests.procurement.suppliers.conftest import Dealing

PATH = "/procurement/v1/worklist"


async def ask(harness: Harness, who: Principal, path: str = PATH, **query: Any) -> httpx.Response:
    """One question."""
    async with harness.client(who) as client:
        return await client.get(path, params=query)


@dataclass
class Desks:
    """What waits: `links` by kind, as the resources' own slices name them."""

    harness: Harness
    site: Site
    links: dict[Waiting, str] = field(default_factory=dict)

    async def counts(self, who: Principal) -> dict[str, int]:
        """How much waits for somebody."""
        answer = await ask(self.harness, who)
        assert answer.status_code == 200, answer.text
        return {one["kind"]: one["count"] for one in answer.json()["kinds"]}

    async def items(self, who: Principal, kind: Waiting, **query: Any) -> list[dict[str, Any]]:
        """What waits for somebody, of one kind; as many as the list counts."""
        answer = await ask(self.harness, who, f"{PATH}/{kind}", **query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def note(self, kind: Waiting, link: str) -> None:
        """This waits."""
        self.links[kind] = f"/procurement/v1/{link}"


async def lists_of_others(buying: Buying) -> list[bytes]:
    """Every list of the buyer and of a rival of the first supplier."""
    others = [buying.site.contractor.as_(*Role), buying.suppliers[1].as_(*Role)]
    paths = [PATH, *(f"{PATH}/{kind}" for kind in Waiting)]
    return [(await ask(buying.harness, who, path)).content for who in others for path in paths]


async def answered(buying: Buying, sourcing: dict[str, Any]) -> None:
    """The third supplier asks, and a minute later the buyer answers to all."""
    path = f"/sourcing/{sourcing['id']}/questions"
    question = await buying.post(buying.sales(2), path, {"text": "12 m?"})
    buying.harness.clock.advance(timedelta(minutes=1))
    await buying.post(buying.buyer, f"{path}/{question['id']}:answer", {"answer": "Yes."})


async def _buying(desks: Desks, making: Orders) -> None:
    changes = Changes(making)
    desks.note(Waiting.ORDERS_TO_APPROVE, f"orders/{await making.submitted()}")
    desks.note(Waiting.ORDERS_TO_CONFIRM, f"orders/{await making.approved()}")
    for kind, quantity in ((Waiting.CHANGES_TO_APPROVE, "11"), (Waiting.CHANGES_TO_ANSWER, "9")):
        change = await changes.more(await changes.order(), quantity)
        desks.note(kind, f"orders/{change.order_id}/changes/{change.id}")
    agreements = Agreements(desks.harness, desks.site, organisation(Kind.CONTRACTOR))
    desks.note(Waiting.AGREEMENTS_TO_SIGN, f"agreements/{(await agreements.proposed()).id}")
    sent = await Supplements(agreements).proposed(await agreements.active(), valid_to=date(2027, 12, 31))
    desks.note(Waiting.SUPPLEMENTS_TO_SIGN, f"agreements/{sent.agreement_id}/supplements/{sent.id}")
    requisition = await Requisitions(desks.harness, desks.site).submitted()
    desks.note(Waiting.STEPS_TO_DECIDE, f"requisitions/{requisition}")
    buying = await Buying.at(desks.harness, desks.site)
    late = await buying.published()
    desks.note(Waiting.SOURCINGS_TO_OPEN, f"sourcing/{late['id']}")
    decided = await buying.opened(("4000", "4100"))
    desks.note(Waiting.SOURCINGS_TO_AWARD, f"sourcing/{decided['id']}")
    asked = await buying.published()
    desks.note(Waiting.INQUIRIES_TO_QUOTE, f"sourcing/{asked['id']}")
    await buying.post(buying.sales(1), f"/sourcing/{asked['id']}/questions", {"text": "12 m?"})
    desks.note(Waiting.QUESTIONS_TO_ANSWER, f"sourcing/{asked['id']}/questions")
    quoted = await buying.published()
    await buying.quote(0, quoted, "4000", None)
    await answered(buying, quoted)
    desks.note(Waiting.QUOTES_TO_REVIEW, f"sourcing/{quoted['id']}")
    _, running = await bidding.running(buying)
    desks.note(Waiting.AUCTIONS_TO_BID, f"auctions/{running['id']}")
    soon = (desks.harness.clock.now() + timedelta(minutes=30)).isoformat()
    _, coming = await bidding.running(buying, starts_at=soon)
    desks.note(Waiting.AUCTIONS_BEGINNING, f"auctions/{coming['id']}")


async def _settling(desks: Desks, making: Orders) -> None:
    engineer = desks.site.contractor.as_(Role.SITE_ENGINEER)
    desk = await Desk.open(desks.harness, making, desks.site)
    for kind in (Waiting.DELIVERIES_EXPECTED, Waiting.DELIVERIES_TO_ACCEPT):
        note = {
            "order_id": str(desk.order_id),
            "note_number": f"DN-{new_id()}",
            "certificate_number": "QC-1",
            "certificate_sha256": "a" * 64,
            "lines": [{"line_id": desk.lines[0], "quantity": "1"}],
        }
        sent = await desk.done(desk.sales, "/deliveries", note)
        desks.note(kind, f"deliveries/{sent['id']}")
    await desk.done(engineer, f"/deliveries/{sent['id']}:arrive", {})
    delivery = await desk.accepted("90", "12.5")
    billed = await desk.approved(desk.billed(0, "60"))
    await desk.send_back(delivery, "40")
    desks.note(Waiting.CREDIT_NOTES_DUE, f"invoices/{billed['id']}")
    right, wrong = await desk.entered(desk.billed(1, "1")), await desk.entered(desk.billed(1, "1", "3960.00"))
    desks.note(Waiting.INVOICES_TO_APPROVE, f"invoices/{right['id']}")
    desks.note(Waiting.INVOICES_TO_MATCH, f"invoices/{wrong['id']}")
    desks.note(Waiting.STATEMENTS_TO_AGREE, f"statements/{(await desk.proposed())['id']}")


async def _paying(desks: Desks) -> None:
    dealing = Dealing(desks.harness, desks.site.contractor, desks.site.supplier)
    file_id = await dealing.joined()
    await dealing.with_account(file_id)
    await dealing.licensed(file_id, valid_until="2026-12-01")
    desks.note(Waiting.LICENCES_EXPIRING, f"suppliers/{file_id}")
    guarantee = await recorded(desks.harness, desks.site, valid_until="2026-12-01")
    desks.note(Waiting.GUARANTEES_EXPIRING, f"guarantees/{guarantee}")
    ledger = Ledger(desks.harness, desks.site)
    await ledger.agreed()
    [overdue] = await ledger.invoice("100.00", delivered_on=date(2026, 1, 5))
    desks.note(Waiting.PAYABLES_OVERDUE, f"payables/{overdue.id}")
    desks.note(Waiting.PAYABLES_DUE, f"payables/{(await ledger.advance())['id']}")
    for kind in (Waiting.PAYMENTS_TO_APPROVE, Waiting.PAYMENTS_TO_EXPORT):
        payment = (await ledger.prepared([(overdue.id, "10.00")])).json()
        await ledger.good(ledger.accountant, "POST", f"/payments/{payment['id']}:submit")
        desks.note(kind, f"payments/{payment['id']}")
    await ledger.good(ledger.approver, "POST", f"/payments/{payment['id']}:approve")


@pytest.fixture
async def desks(procurement: Harness, site: Site, noon: None) -> AsyncIterator[Desks]:
    """All of it; time goes back to noon afterwards."""
    found, making = Desks(procurement, site), Orders(procurement, site)
    await _settling(found, making)
    await _paying(found)
    await _buying(found, making)
    yield found
    procurement.clock.advance(NOON - procurement.clock.now())
