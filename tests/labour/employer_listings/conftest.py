"""An authority that lists employers, and an employer who can be listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Kind, Principal, Role
from labour.employer_listings import service
from labour.employer_listings.commands import repay
from labour.employer_listings.commands.repay import TellRepayment
from labour.employer_listings.models import EmployerListing, Repayment
from labour.employer_listings.service import Decision, NewListing, Verb
from tests.chassis.files.samples import uploaded
from tests.facts import tell_organisation
from tests.harness import Harness, Organisation, organisation

TODAY = date(2026, 11, 23)
PATH, REPAYMENTS = "/labour/v1/employer-listings", "/labour/v1/employer-repayments"
NUMBERS = iter(range(10_000))


def decision(**changes: Any) -> Decision:
    """A decision of today."""
    values: dict[str, Any] = {
        "reason": "OVER_CRIMINAL_THRESHOLD",
        "description": "拖欠32名农民工工资,责令限期支付后逾期未付",
        "source_document": f"深人社监列〔2026〕{next(NUMBERS)}号",
        "decided_on": TODAY,
    }
    return Decision(**(values | changes))


@dataclass
class Listings:
    """An authority, an employer whom labour knows, and his papers."""

    harness: Harness
    authority: Organisation
    employer: Organisation
    name: str

    @property
    def keeper(self) -> Principal:
        """Who decides for the authority."""
        return self.authority.as_(Role.APPROVER)

    @property
    def clerk(self) -> Principal:
        """Who tells for the employer."""
        return self.employer.as_(Role.LABOUR_CLERK)

    async def listed(self, who: Principal | None = None, **changes: Any) -> EmployerListing:
        """The employer is put on the list."""
        async with self.harness.work(who or self.keeper) as work:
            return await service.list_employer(work, NewListing(self.employer.id, None, decision(**changes)))

    async def paper(self) -> UUID:
        """An upload of the employer."""
        async with self.harness.client(self.clerk) as client:
            return UUID(await uploaded(client, path="/labour/v1/files"))

    async def told(self, listing: EmployerListing, **changes: Any) -> Repayment:
        """The employer tells that it has repaid."""
        values: dict[str, Any] = {
            "listing_id": listing.id,
            "repaid_on": TODAY,
            "amount": Decimal("186400.00"),
            "workers": 32,
            "note": "",
        }
        for name in ("evidence_file_id", "pledge_file_id"):
            values[name] = changes.pop(name) if name in changes else await self.paper()
        async with self.harness.work(self.clerk) as work:
            return await repay.tell(work, TellRepayment(**(values | changes)))

    async def accepted(self, listing: EmployerListing, **changes: Any) -> Repayment:
        """And the authority takes it for repaid."""
        told = await self.told(listing, **changes)
        async with self.harness.work(self.keeper) as work:
            return await repay.accept(work, Verb(told.id, None, "工资已全部支付"))

    async def exited(self, listing: EmployerListing) -> EmployerListing:
        """The authority lets it go early."""
        async with self.harness.work(self.keeper) as work:
            return await service.exit_early(work, Verb(listing.id, None, "符合提前移出条件"))


@pytest.fixture
async def listings(labour: Harness) -> Listings:
    """Nobody is listed yet."""
    employer = organisation(Kind.LABOUR_SUBCONTRACTOR)
    name = f"深圳市{employer.uscc}劳务有限公司"
    await tell_organisation(labour, employer.id, name, uscc=employer.uscc)
    return Listings(labour, organisation(Kind.AUTHORITY), employer, name)
