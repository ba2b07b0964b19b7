"""Agreements under test: a group's head, a contractor that it entitles, a supplier, published prices in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from chassis.errors import ServiceError
from chassis.identity import Kind, Role
from chassis.work import Work
from procurement.agreements import service
from procurement.agreements.commands import approval
from procurement.agreements.commands import call_off as calling
from procurement.agreements.commands.call_off import CallOffLineOf, CallOffOrder, Wanted
from procurement.agreements.commands.caps import Level
from procurement.agreements.models import Agreement, CallOff
from procurement.agreements.rules import Formula, Published
from procurement.agreements.service import CreateAgreement, Entitled, Item, Terms, Verb
from procurement.agreements.states import Kind as AgreementKind
from procurement.agreements.states import PriceKind
from tests.harness import Harness, Organisation, key, organisation
from tests.procurement.conftest import Site

PATH = "/procurement/v1/agreements"
ZERO = Decimal(0)
FIXED = Formula(PriceKind.FIXED, Decimal("3900.000000"), "", ZERO, ZERO)


@dataclass
class FakePrices:
    """Published prices by material and region."""

    prices: dict[tuple[str, str], Published] = field(default_factory=dict)
    asked: list[list[Wanted]] = field(default_factory=list)

    async def __call__(self, work: Work, wanted: Sequence[Wanted], on: date) -> list[Published | None]:
        """What the test has set."""
        self.asked.append(list(wanted))
        return [self.prices.get((one.material_code, one.region)) for one in wanted]


def item(**changes: Any) -> Item:
    """Rebar at 3,900, without caps."""
    fields: dict[str, Any] = {
        "material_code": "01090001",
        "unit": "t",
        "formula": FIXED,
        "tax_percent": Decimal("13.00"),
        "tolerance_percent": Decimal("0.00"),
        "soft_cap": None,
        "hard_cap": None,
    }
    return Item(**(fields | changes))


@dataclass
class Agreements:
    """Brings agreements to a state."""

    harness: Harness
    site: Site
    head: Organisation
    prices: FakePrices = field(default_factory=FakePrices)

    def terms(self, *items: Item, **changes: Any) -> Terms:
        """A group's steel for 2027: the site's contractor may call off for all of its projects."""
        fields: dict[str, Any] = {
            "name": "2027年度钢材集中采购",
            "kind": AgreementKind.CENTRALISED,
            "valid_from": date(2026, 11, 1),
            "valid_to": date(2027, 10, 31),
            "soft_cap": None,
            "hard_cap": None,
            "note": "",
            "items": items or (item(),),
            "entitlements": (Entitled(self.site.contractor.id, None, None, None),),
        }
        return Terms(**(fields | changes))

    async def draft(self, *items: Item, **changes: Any) -> Agreement:
        """By the head's buyer."""
        async with self.harness.work(self.head.as_(Role.BUYER)) as work:
            command = CreateAgreement(None, self.site.supplier.id, "CNY", self.terms(*items, **changes))
            return await service.create(work, command)

    async def proposed(self, *items: Item, **changes: Any) -> Agreement:
        """By the head's approver."""
        made = await self.draft(*items, **changes)
        async with self.harness.work(self.head.as_(Role.APPROVER)) as work:
            return await approval.propose(work, Verb(made.id, None), self.harness.runtime.clients["labour"])

    async def active(self, *items: Item, **changes: Any) -> Agreement:
        """Signed by the supplier."""
        made = await self.proposed(*items, **changes)
        async with self.harness.work(self.site.supplier.as_(Role.SALES)) as work:
            return await service.sign(work, Verb(made.id, None))

    def order(self, agreement: Agreement, *quantities: str, project_id: UUID | None = None) -> CallOffOrder:
        """So much of each item, in their order."""
        lines = tuple(
            CallOffLineOf(one.id, Decimal(quantity), "01-STEEL", None)
            for one, quantity in zip(agreement.items, quantities, strict=False)
        )
        return CallOffOrder(project_id or self.site.project_id, None, "", lines)

    async def call_off(self, agreement: Agreement, *quantities: str) -> CallOff:
        """One order by the contractor's buyer."""
        async with self.harness.work(self.site.contractor.as_(Role.BUYER)) as work:
            [made] = await calling.call_off(work, agreement.id, [self.order(agreement, *quantities)], self.prices)
        return made

    async def attempt(self, agreement: Agreement, *quantities: str) -> str:
        """The same; empty when it worked, else the reason of the refusal."""
        try:
            await self.call_off(agreement, *quantities)
        except ServiceError as error:
            return error.reason
        return ""

    async def ask(self, agreement: Agreement, quantity: str) -> str:
        """The same of one item through the public door, where many may come at once."""
        line = {"item_id": str(agreement.items[0].id), "quantity": quantity, "cost_code": "01-STEEL"}
        wanted = {"orders": [{"project_id": str(self.site.project_id), "lines": [line]}]}
        async with self.harness.client(self.site.contractor.as_(Role.BUYER)) as client:
            answer = await client.post(f"{PATH}/{agreement.id}:call-off", json=wanted, headers=key())
        return "" if answer.status_code == 201 else str(answer.json()["code"])

    async def usage(self, agreement: Agreement) -> dict[str, Level]:
        """Every cap by its scope, as the head sees it."""
        async with self.harness.work(self.head.as_(Role.BUYER)) as work:
            return {level.cap.scope: level for level in await service.usage(work, agreement.id)}


@pytest.fixture
def agreements(procurement: Harness, site: Site, noon: None) -> Agreements:
    """Agreements of a fresh head for a fresh site."""
    return Agreements(procurement, site, organisation(Kind.CONTRACTOR))
