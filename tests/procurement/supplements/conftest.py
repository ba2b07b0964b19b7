"""Supplemental agreements under test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from chassis.errors import ServiceError
from chassis.identity import Kind, Role
from procurement.agreements.models import Agreement
from procurement.agreements.service import get
from procurement.supplements import service
from procurement.supplements.commands import approval
from procurement.supplements.models import Supplement
from procurement.supplements.service import DraftSupplement, Verb
from tests.harness import Harness, organisation
from tests.procurement.agreements.conftest import Agreements
from tests.procurement.conftest import Site


@dataclass
class Supplements:
    """Brings supplements of an agreement to a state."""

    agreements: Agreements

    def __post_init__(self) -> None:
        self.harness = self.agreements.harness
        self.buyer, self.approver = self.agreements.head.as_(Role.BUYER), self.agreements.head.as_(Role.APPROVER)
        self.sales = self.agreements.site.supplier.as_(Role.SALES)

    async def drafted(self, agreement: Agreement, **changes: Any) -> Supplement:
        """By the head's buyer."""
        fields: dict[str, Any] = {
            "expected_version": None,
            "reason": "三标段增加地下室",
            "valid_to": None,
            "heights": None,
            "item_caps": (),
            "items": (),
            "entitlements": (),
        }
        async with self.harness.work(self.buyer) as work:
            return await service.draft(work, DraftSupplement(agreement.id, **(fields | changes)))

    async def proposed(self, agreement: Agreement, **changes: Any) -> Supplement:
        """By the head's approver."""
        made = await self.drafted(agreement, **changes)
        async with self.harness.work(self.approver) as work:
            return await approval.propose(
                work, Verb(agreement.id, made.id, None), self.harness.runtime.clients["labour"]
            )

    async def sign(self, supplement: Supplement) -> Supplement:
        """By the supplier."""
        async with self.harness.work(self.sales) as work:
            return await service.sign(work, Verb(supplement.agreement_id, supplement.id, None))

    async def attempt(self, supplement: Supplement) -> str:
        """The same; empty when it worked, else the reason of the refusal."""
        try:
            await self.sign(supplement)
        except ServiceError as error:
            return error.reason
        return ""

    async def signed(self, agreement: Agreement, **changes: Any) -> Supplement:
        """In force."""
        return await self.sign(await self.proposed(agreement, **changes))

    async def refusal(self, agreement: Agreement, **changes: Any) -> str:
        """Why a draft is refused, and nothing is changed by it."""
        before = await self.harness.checksum()
        with pytest.raises(ServiceError) as refused:
            await self.drafted(agreement, **changes)
        assert await self.harness.checksum() == before
        violations = getattr(refused.value, "violations", ())
        return violations[0].code if violations else refused.value.reason

    async def read(self, agreement: Agreement) -> Agreement:
        """The agreement as it stands."""
        async with self.harness.work(self.buyer) as work:
            return await get(work, agreement.id)


@pytest.fixture
def supplements(procurement: Harness, site: Site, noon: None) -> Supplements:
    """Supplements to agreements of a fresh head for a fresh site."""
    return Supplements(Agreements(procurement, site, organisation(Kind.CONTRACTOR)))
