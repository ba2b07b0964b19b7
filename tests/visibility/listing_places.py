"""A listing that is over, and what its employer had told: nobody else's business any more, or never."""

from __future__ import annotations

from chassis.identity import Kind, Role
from tests.chassis.files.samples import uploaded
from tests.facts import tell_organisation
from tests.harness import Organisation, organisation
from tests.labour.conftest import Site
from tests.visibility.place import Place

LISTINGS = frozenset(
    {
        "acceptRepayment",
        "addListingDecision",
        "declineRepayment",
        "exitListingEarly",
        "getEmployerListing",
        "getRepaymentPaper",
        "liftEmployerListing",
        "listRepayments",
        "tellRepayment",
    }
)


async def listings(site: Site, rival: Organisation) -> Place:
    """The subcontractor was listed, told its repayment, and the decision was taken back."""
    authority, clerk = organisation(Kind.AUTHORITY), site.subcontractor.as_(Role.LABOUR_CLERK)
    await tell_organisation(site.harness, site.subcontractor.id, "被列单位", uscc=site.subcontractor.uscc)
    decision = {
        "reason": "SERIOUS_INCIDENT",
        "description": "引发群体性事件",
        "source_document": "列1号",
        "decided_on": "2026-11-01",
    }
    keeper = authority.as_(Role.APPROVER)
    body = {"employer_id": str(site.subcontractor.id), "decision": decision}
    listed = await site.post("/labour/v1/employer-listings", body, keeper, status=201)
    async with site.harness.client(clerk) as client:
        papers = {
            name: await uploaded(client, path="/labour/v1/files") for name in ("evidence_file_id", "pledge_file_id")
        }
    path = f"/labour/v1/employer-listings/{listed['id']}"
    repaid = {"repaid_on": "2026-11-20", "amount": "100.00", "workers": 1} | papers
    told = await site.post(f"{path}/repayments", repaid, clerk, status=201)
    await site.post(f"{path}:lift", {"reason": "撤销"}, keeper)
    ids = {"listing_id": listed["id"], "repayment_id": told["id"]}
    beside = [site.contractor, site.owner, rival]
    return Place(
        "a listing that is over", ids, [site.subcontractor, authority], beside, LISTINGS, given={"paper": "pledge"}
    )
