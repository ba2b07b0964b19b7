"""One document of each kind that commits money, submitted by one person, at a buyer with a matrix of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from httpx import Response

from chassis.identity import Principal, Role
from procurement.approvals.models import DocumentKind
from procurement.supplements.service import ItemCaps
from tests.harness import Harness, key
from tests.procurement.agreements.conftest import Agreements, item
from tests.procurement.buying import Buying
from tests.procurement.changes.conftest import Changes
from tests.procurement.conftest import Orders, Site
from tests.procurement.payables.conftest import Ledger
from tests.procurement.supplements.conftest import Supplements

API = "/procurement/v1"
TODAY = "2026-11-23"
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Paper:
    """A submitted document: where it is, who wrote it, in which state it waits and is when approved or rejected."""

    kind: DocumentKind
    id: UUID
    path: str
    author: Principal
    waits: str
    approved: str
    rejected: str


@dataclass
class Office:
    """The people of a buyer."""

    harness: Harness
    site: Site
    buying: Buying

    def __post_init__(self) -> None:
        firm = self.site.contractor
        self.orders = Orders(self.harness, self.site)
        self.approver = firm.as_(Role.APPROVER)
        self.manager = firm.as_(Role.PROJECT_MANAGER)
        self.deputy = firm.as_(Role.SITE_ENGINEER)
        self.admin = firm.as_(Role.ADMIN)
        self.reader = firm.as_(*Role)

    async def call(self, who: Principal, method: str, path: str, body: Any = None, **headers: str) -> Response:
        """One call, with a fresh key."""
        async with self.harness.client(who) as client:
            return await client.request(method, API + path, json=body, headers=key() | headers)

    async def good(self, who: Principal, method: str, path: str, body: Any = None) -> Any:
        """A call that has to succeed; its answer."""
        answer = await self.call(who, method, path, body)
        assert answer.is_success, answer.text
        return answer.json()

    async def refused(self, who: Principal, path: str, body: Any = None) -> str:
        """The code of a refusal that changes nothing."""
        before = await self.harness.checksum()
        answer = await self.call(who, "POST", path, body)
        assert not answer.is_success, answer.text
        assert await self.harness.checksum() == before
        return str(answer.json()["code"])

    async def matrix(self, kind: DocumentKind, *bands: tuple[Decimal | None, tuple[Role, ...]], **changes: Any) -> str:
        """Set a matrix from today on; its id."""
        body = {
            "document_kind": kind,
            "bands": [{"up_to": None if up_to is None else str(up_to), "roles": roles} for up_to, roles in bands],
            "valid_from": TODAY,
            "source": "公司授权手册",
        }
        return str((await self.good(self.admin, "POST", "/approval-matrices", body | changes))["id"])

    async def two_levels(self, kind: DocumentKind, amount: Decimal) -> str:
        """Exactly this amount needs the approver and the project manager; a cent less or more needs others."""
        one, two, three = (Role.APPROVER,), (Role.APPROVER, Role.PROJECT_MANAGER), (Role.ADMIN,)
        return await self.matrix(kind, (amount - CENT, one), (amount, two), (None, three))

    async def steps(self, paper: Paper) -> list[dict[str, Any]]:
        """All of its steps, the first one first."""
        query = f"/approval-steps?document_kind={paper.kind}&document_id={paper.id}"
        found: list[dict[str, Any]] = (await self.good(self.reader, "GET", query))["items"]
        return sorted(found, key=lambda step: (step["round"], step["position"]))

    async def stood(self, paper: Paper) -> list[tuple[int, str, str]]:
        """Round, role and state of its steps."""
        return [(step["round"], step["role"], step["state"]) for step in await self.steps(paper)]

    async def state(self, paper: Paper) -> str:
        """As the buyer sees it."""
        return str((await self.good(self.reader, "GET", paper.path))["state"])

    async def approve(self, who: Principal, paper: Paper, remark: str = "") -> str:
        """The state afterwards."""
        return str((await self.good(who, "POST", f"{paper.path}:approve", {"remark": remark}))["state"])

    async def delegate(self, giver: Principal, taker: Principal, role: Role) -> None:
        """The giver is away."""
        body = {"to_subject": taker.subject, "roles": [role], "valid_from": TODAY, "valid_to": "2026-12-01"}
        await self.good(giver, "POST", "/delegations", body | {"absent": True, "reason": "年假"})

    async def todo(self, who: Principal) -> list[str]:
        """Links on the caller's work list that lead to something to decide."""
        kinds = ("orders_to_approve", "changes_to_approve", "payments_to_approve", "steps_to_decide")
        pages = [(await self.good(who, "GET", f"/worklist/{kind}"))["items"] for kind in kinds]
        return [item["link"].removeprefix(API) for page in pages for item in page]


async def order(office: Office) -> Paper:
    """For 444,375.00."""
    order_id = await office.orders.submitted()
    return Paper(
        DocumentKind.ORDER, order_id, f"/orders/{order_id}", office.orders.buyer, "submitted", "approved", "rejected"
    )


async def change(office: Office) -> Paper:
    """That adds 500.00 to an order of 2,000.00."""
    made = await Changes(office.orders).more(await Changes(office.orders).order())
    path = f"/orders/{made.order_id}/changes/{made.id}"
    return Paper(DocumentKind.CHANGE, made.id, path, office.orders.buyer, "proposed", "offered", "rejected")


async def award(office: Office) -> Paper:
    """Of 10 t at 4,000 and 4 t at 4,100: 56,400.00."""
    sourcing = await office.buying.opened(("4000", "4100"))
    ids = await office.buying.offered(sourcing)
    body = {
        "sourcing_id": sourcing["id"],
        "lines": [{"offer_line_id": ids[0, 0], "quantity": "10"}, {"offer_line_id": ids[0, 1], "quantity": "4"}],
    }
    buyer = office.site.contractor.as_(Role.BUYER)
    made = await office.good(buyer, "POST", "/awards", body)
    return Paper(
        DocumentKind.AWARD, UUID(made["id"]), f"/awards/{made['id']}", buyer, "submitted", "approved", "rejected"
    )


async def agreement(office: Office) -> Paper:
    """For 3,900.00 at most: 1 t at that price, below a cap of 5,000.00 over all."""
    making = Agreements(office.harness, office.site, office.site.contractor)
    draft = await making.draft(item(hard_cap=Decimal(1)), hard_cap=Decimal("5000.00"))
    buyer = office.site.contractor.as_(Role.BUYER)
    await office.good(buyer, "POST", f"/agreements/{draft.id}:submit")
    return Paper(DocumentKind.AGREEMENT, draft.id, f"/agreements/{draft.id}", buyer, "submitted", "proposed", "draft")


async def supplement(office: Office) -> Paper:
    """That adds 2 t at 3,900.00 to an agreement that had 1 t: 7,800.00, below a cap that would hold more."""
    making = Agreements(office.harness, office.site, office.site.contractor)
    active = await making.active(item(hard_cap=Decimal(1)), hard_cap=Decimal("20000.00"))
    caps = (ItemCaps(active.items[0].id, None, Decimal(3)),)
    drafted = await Supplements(making).drafted(active, item_caps=caps)
    buyer, path = office.site.contractor.as_(Role.BUYER), f"/agreements/{active.id}/supplements/{drafted.id}"
    await office.good(buyer, "POST", f"{path}:submit")
    return Paper(DocumentKind.SUPPLEMENT, drafted.id, path, buyer, "submitted", "proposed", "draft")


async def payment(office: Office) -> Paper:
    """Of 100.00."""
    ledger = Ledger(office.harness, office.site)
    await ledger.agreed()
    await ledger.with_account()
    [owed] = await ledger.invoice("100.00", delivered_on=date(2026, 11, 20))
    made = (await ledger.prepared([(owed.id, "100.00")])).json()
    path = f"/payments/{made['id']}"
    await ledger.good(ledger.accountant, "POST", f"{path}:submit")
    return Paper(DocumentKind.PAYMENT, UUID(made["id"]), path, ledger.accountant, "submitted", "approved", "draft")


@dataclass(frozen=True)
class Case:
    """How a kind of document comes to be, and its amount."""

    kind: DocumentKind
    amount: Decimal
    make: Callable[[Office], Awaitable[Paper]]


CASES = [
    Case(DocumentKind.ORDER, Decimal("444375.00"), order),
    Case(DocumentKind.CHANGE, Decimal("500.00"), change),
    Case(DocumentKind.AWARD, Decimal("56400.00"), award),
    Case(DocumentKind.AGREEMENT, Decimal("3900.00"), agreement),
    Case(DocumentKind.SUPPLEMENT, Decimal("7800.00"), supplement),
    Case(DocumentKind.PAYMENT, Decimal("100.00"), payment),
]


def with_every_role(who: Principal) -> Principal:
    """The same person, as whom nothing but the rules of approval stops."""
    return replace(who, roles=frozenset(Role))
