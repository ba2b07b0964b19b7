"""The REST door of listed employers: what is published, and what is not."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response

from chassis.identity import Kind, Principal, Role
from tests.harness import key, organisation
from tests.labour.employer_listings.conftest import PATH, REPAYMENTS, Listings, decision

PUBLISHED = {
    "id", "version", "employer_id", "uscc", "name", "listed_by", "state", "listed_from", "ends_on", "no_early_exit",
    "over_on", "over_because", "decisions",
}  # fmt: skip


def listing(listings: Listings, **changes: Any) -> dict[str, Any]:
    made = decision()
    given = {
        "reason": made.reason,
        "description": made.description,
        "source_document": made.source_document,
        "decided_on": made.decided_on.isoformat(),
    }
    return {"employer_id": str(listings.employer.id), "decision": given} | changes


async def post(listings: Listings, who: Principal, path: str, body: dict[str, Any]) -> Response:
    async with listings.harness.client(who) as client:
        return await client.post(path, json=body, headers=key())


async def get(listings: Listings, who: Principal, path: str, **query: str) -> Response:
    async with listings.harness.client(who) as client:
        return await client.get(path, params=query)


async def test_published_to_everybody_while_it_counts(listings: Listings) -> None:
    """Name, code, decisions and days; afterwards the employer and authorities still read it."""
    made = await post(listings, listings.keeper, PATH, listing(listings))
    assert made.status_code == 201, made.text
    assert set(made.json()) == PUBLISHED
    path = f"{PATH}/{made.json()['id']}"
    buyer = organisation(Kind.OWNER).as_(Role.BUYER)
    assert (await get(listings, buyer, path)).json() == made.json()
    found = await get(listings, buyer, PATH, uscc=listings.employer.uscc)
    assert found.json()["items"] == [made.json()]
    await post(listings, listings.keeper, f"{path}:lift", {"reason": "撤销"})
    assert (await get(listings, buyer, path)).json()["code"] == "EMPLOYER_LISTING_NOT_FOUND"
    assert (await get(listings, buyer, PATH, employer_id=str(listings.employer.id))).json()["items"] == []
    for who in (listings.employer, organisation(Kind.AUTHORITY)):
        assert (await get(listings, who.as_(Role.VIEWER), path)).json()["state"] == "lifted"


async def test_a_repayment_and_its_papers_are_two_parties_business(listings: Listings) -> None:
    """The employer and the authority that listed it; for anybody else there is none, for another authority neither."""
    made = (await post(listings, listings.keeper, PATH, listing(listings))).json()
    path = f"{PATH}/{made['id']}/repayments"
    body = {
        "repaid_on": "2026-11-20",
        "amount": "186400.00",
        "workers": 32,
        "evidence_file_id": str(await listings.paper()),
        "pledge_file_id": str(await listings.paper()),
    }
    told = await post(listings, listings.clerk, path, body)
    assert (told.status_code, told.json()["state"]) == (201, "told"), told.text
    for who in (listings.clerk, listings.keeper):
        assert (await get(listings, who, path)).json()["items"] == [told.json()]
        for paper in ("evidence", "pledge"):
            found = await get(listings, who, f"{REPAYMENTS}/{told.json()['id']}/{paper}")
            assert (found.status_code, found.content[:5]) == (200, b"%PDF-"), found.text
    rival = organisation(Kind.LABOUR_SUBCONTRACTOR).as_(Role.LABOUR_CLERK)
    for who in (rival, organisation(Kind.AUTHORITY).as_(Role.APPROVER)):
        assert (await get(listings, who, path)).json()["items"] == []
        missing = await get(listings, who, f"{REPAYMENTS}/{told.json()['id']}/pledge")
        assert missing.json()["code"] == "REPAYMENT_NOT_FOUND"
    accepted = await post(
        listings, listings.keeper, f"{REPAYMENTS}/{told.json()['id']}:accept", {"reason": "工资已付清"}
    )
    assert accepted.json()["early_exit_from"] == "2027-05-24"
    assert (await get(listings, rival, f"{PATH}/{made['id']}")).json() == made


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"uscc": "91440300MA5ABCDE1H"}, "", "ONE_OF_BOTH"),
        ({"employer_id": None}, "", "ONE_OF_BOTH"),
        ({"employer_id": None, "uscc": "short"}, "/uscc", "STRING_PATTERN_MISMATCH"),
        ({"employer_id": "0199c0de-0000-7000-8000-000000000001"}, "/employer_id", "EMPLOYER_UNKNOWN"),
    ],
)
async def test_a_bad_listing_is_refused_at_its_fault(
    listings: Listings, changes: dict[str, Any], pointer: str, code: str
) -> None:
    before = await listings.harness.checksum()
    answer = await post(listings, listings.keeper, PATH, listing(listings, **changes))
    assert answer.status_code == 422, answer.text
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert await listings.harness.checksum() == before


async def test_a_version_that_somebody_has_changed(listings: Listings) -> None:
    made = (await post(listings, listings.keeper, PATH, listing(listings))).json()
    async with listings.harness.client(listings.keeper) as client:
        answer = await client.post(
            f"{PATH}/{made['id']}:lift", json={"reason": "撤销"}, headers=key() | {"If-Match": '"7"'}
        )
    assert (answer.status_code, answer.json()["code"]) == (412, "VERSION_MISMATCH")


async def test_the_rules_say_whence_they_are(listings: Listings) -> None:
    [law] = (await get(listings, listings.clerk, "/labour/v1/employer-listing-rules")).json()["items"]
    assert (law["years"], law["early_exit_months"]) == (3, 6)
    assert law["statuses"]["years"] == "V"
    assert law["refuses"] == ["subcontract"]
