"""Use cases of listed employers on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, PermissionDenied, ServiceError
from chassis.identity import Kind, Role, service_principal
from chassis.ids import new_id
from labour.employer_listings import repository, service
from labour.employer_listings.commands import repay
from labour.employer_listings.events import LIFTED, LISTED
from labour.employer_listings.models import EmployerListing
from labour.employer_listings.service import NewListing, Verb
from labour.employer_listings.states import RepaymentState, State
from tests.harness import Organisation, organisation
from tests.labour.contracting import later, waiting
from tests.labour.employer_listings.conftest import TODAY, Listings, decision
from zhulian.labour.v1.employer_listings_events_pb2 import EmployerLifted, EmployerListed

LAST = date(2029, 11, 23)


async def run_clock(listings: Listings, listing: EmployerListing) -> None:
    async with listings.harness.work(service_principal("labour")) as work:
        await service.end(work, {"listing_id": str(listing.id)})


async def counts(listings: Listings, day: date) -> bool:
    async with listings.harness.work(listings.keeper) as work, work.reading() as session:
        return listings.employer.id in await repository.counting(session, [listings.employer.id], day)


async def test_from_the_decision_to_the_early_exit(listings: Listings) -> None:
    """Listed for three years, repaid and pledged, accepted, six months later let go; each step is told or audited."""
    listing = await listings.listed()
    assert (listing.state, listing.listed_from, listing.ends_on) == (State.LISTED, TODAY, LAST)
    assert (listing.uscc, listing.name) == (listings.employer.uscc, listings.name)
    repaid = await listings.accepted(listing, repaid_on=TODAY)
    assert (repaid.state, repaid.early_exit_from) == (RepaymentState.ACCEPTED, date(2027, 5, 24))
    with later(listings.harness, date(2027, 5, 24) - TODAY):
        over = await listings.exited(listing)
    assert (over.state, over.over_on, over.over_because) == (State.EXITED, date(2027, 5, 24), "符合提前移出条件")
    assert (await counts(listings, date(2027, 5, 23)), await counts(listings, date(2027, 5, 24))) == (True, False)
    [told] = await listings.harness.events(LISTED, listing.id, EmployerListed)
    [gone] = await listings.harness.events(LIFTED, listing.id, EmployerLifted)
    assert (told.listing.employer_id, told.listing.ends_on.date) == (str(listings.employer.id), "2029-11-23")
    assert (gone.how, gone.over_on.date) == ("exited", "2027-05-24")
    assert await listings.harness.audited(listing.id) == ["employer-listings.list", "employer-listings.exit-early"]
    assert await listings.harness.audited(repaid.id) == ["employer-repayments.tell", "employer-repayments.accept"]


async def test_an_early_exit_needs_all_of_it(listings: Listings) -> None:
    """No repayment, one that is only told, one that was declined, and a day too soon: each is refused by its name."""
    listing = await listings.listed()

    async def refused() -> str:
        before = await listings.harness.checksum()
        with pytest.raises(FailedPrecondition) as refusal:
            await listings.exited(listing)
        assert await listings.harness.checksum() == before
        return refusal.value.reason

    assert await refused() == "REPAYMENT_NOT_ACCEPTED"
    told = await listings.told(listing)
    assert await refused() == "REPAYMENT_NOT_ACCEPTED"
    async with listings.harness.work(listings.keeper) as work:
        declined = await repay.decline(work, Verb(told.id, 1, "凭证不全"))
    assert (declined.state, declined.answer, declined.early_exit_from) == (RepaymentState.DECLINED, "凭证不全", None)
    assert await refused() == "REPAYMENT_NOT_ACCEPTED"
    await listings.accepted(listing)
    with later(listings.harness, date(2027, 5, 23) - TODAY):
        assert await refused() == "EARLY_EXIT_TOO_SOON"


async def test_another_decision_extends_it_and_voids_what_was_told(listings: Listings) -> None:
    """Wages are owed again: the list counts as long as the last decision, and there is no early exit any more."""
    listing = await listings.listed(decided_on=date(2026, 6, 1))
    assert listing.ends_on == date(2029, 6, 1)
    repaid = await listings.accepted(listing)
    async with listings.harness.work(listings.keeper) as work:
        again = await service.add_decision(work, Verb(listing.id, 1), decision(reason="SERIOUS_INCIDENT"))
    assert (again.ends_on, again.no_early_exit, again.version) == (LAST, True, 2)
    async with listings.harness.work(listings.clerk) as work, work.reading() as session:
        void = await repository.repayment(session, work.principal, repaid.id)
    assert void.state is RepaymentState.VOID
    accepted = await listings.accepted(listing)
    assert accepted.early_exit_from is None
    with later(listings.harness, timedelta(days=700)), pytest.raises(FailedPrecondition) as refusal:
        await listings.exited(listing)
    assert refusal.value.reason == "EARLY_EXIT_BARRED"
    facts = await listings.harness.events(LISTED, listing.id, EmployerListed)
    assert [(one.listing.ends_on.date, len(one.listing.decisions)) for one in facts] == [
        ("2029-06-01", 1),
        ("2029-11-23", 2),
    ]


async def test_an_older_decision_never_shortens_it(listings: Listings) -> None:
    listing = await listings.listed()
    async with listings.harness.work(listings.keeper) as work:
        earlier = await service.add_decision(work, Verb(listing.id, 1), decision(decided_on=date(2025, 1, 1)))
    assert (earlier.listed_from, earlier.ends_on) == (date(2025, 1, 1), LAST)


async def test_the_clock_ends_it_once(listings: Listings) -> None:
    """On its last day it counts; the job of the day after ends it, once, and waits on when it was extended."""
    listing = await listings.listed(decided_on=date(2026, 6, 1))
    assert len(await waiting(listings.harness, service.END_JOB, listing.id)) == 1
    async with listings.harness.work(listings.keeper) as work:
        await service.add_decision(work, Verb(listing.id, None), decision())
    with later(listings.harness, date(2029, 6, 2) - TODAY):
        await run_clock(listings, listing)
        assert await counts(listings, date(2029, 6, 2))
    assert len(await waiting(listings.harness, service.END_JOB, listing.id)) == 2
    with later(listings.harness, LAST - TODAY):
        await run_clock(listings, listing)
    assert await listings.harness.events(LIFTED, listing.id, EmployerLifted) == []
    with later(listings.harness, LAST + timedelta(days=3) - TODAY):  # the job comes late
        await run_clock(listings, listing)
        await run_clock(listings, listing)
    [gone] = await listings.harness.events(LIFTED, listing.id, EmployerLifted)
    assert (gone.how, gone.over_on.date) == ("ended", "2029-11-24")
    assert not await counts(listings, LAST + timedelta(days=1))


async def test_who_is_listed_again_has_a_new_listing(listings: Listings) -> None:
    first = await listings.listed()
    before = await listings.harness.checksum()
    with pytest.raises(AlreadyExists) as refusal:
        await listings.listed()
    assert (refusal.value.reason, await listings.harness.checksum()) == ("EMPLOYER_LISTED", before)
    async with listings.harness.work(listings.keeper) as work:
        lifted = await service.lift(work, Verb(first.id, 1, "经复核撤销"))
    assert (lifted.state, lifted.over_on) == (State.LIFTED, TODAY)
    assert (await listings.listed()).id != first.id


async def test_two_authorities_list_at_the_same_moment(listings: Listings) -> None:
    """One of them hears that the employer is listed already."""
    other = organisation(Kind.AUTHORITY).as_(Role.APPROVER)
    results = await asyncio.gather(listings.listed(), listings.listed(other), return_exceptions=True)
    refused = [one for one in results if isinstance(one, BaseException)]
    assert [one.reason for one in refused if isinstance(one, ServiceError)] == ["EMPLOYER_LISTED"]
    assert len(refused) == 1


async def test_the_same_decision_is_recorded_once(listings: Listings) -> None:
    listing = await listings.listed(source_document="列1号")
    before = await listings.harness.checksum()
    with pytest.raises(AlreadyExists) as refusal:
        async with listings.harness.work(listings.keeper) as work:
            await service.add_decision(work, Verb(listing.id, 1), decision(source_document="列1号"))
    assert (refusal.value.reason, await listings.harness.checksum()) == ("DECISION_RECORDED", before)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"decided_on": TODAY + timedelta(days=1)}, "IN_FUTURE"),
        ({"decided_on": date(2023, 11, 22)}, "TERM_OVER"),
        ({"reason": "BAD_MOOD"}, "REASON_UNKNOWN"),
    ],
)
async def test_a_bad_decision_is_refused(listings: Listings, changes: dict[str, Any], code: str) -> None:
    before = await listings.harness.checksum()
    with pytest.raises(InvalidArgument) as refusal:
        await listings.listed(**changes)
    assert refusal.value.violations[0].code == code
    assert await listings.harness.checksum() == before


async def test_an_organisation_that_nobody_knows_is_not_listed(listings: Listings) -> None:
    for employer_id, uscc in ((new_id(), None), (None, "91440300MA5XXXXX0X")):
        with pytest.raises(InvalidArgument) as refusal:
            async with listings.harness.work(listings.keeper) as work:
                await service.list_employer(work, NewListing(employer_id, uscc, decision()))
        assert refusal.value.violations[0].code == "EMPLOYER_UNKNOWN"
    async with listings.harness.work(listings.keeper) as work:
        found = await service.list_employer(work, NewListing(None, listings.employer.uscc, decision()))
    assert found.employer_id == listings.employer.id


async def test_a_repayment_is_the_listed_employers_own(listings: Listings) -> None:
    listing = await listings.listed()
    stranger = Listings(listings.harness, listings.authority, organisation(Kind.LABOUR_SUBCONTRACTOR), "")
    before_papers = await stranger.paper(), await stranger.paper()
    before = await listings.harness.checksum()
    with pytest.raises(PermissionDenied) as refusal:
        await stranger.told(listing, evidence_file_id=before_papers[0], pledge_file_id=before_papers[1])
    assert refusal.value.reason == "NOT_THE_LISTED_EMPLOYER"
    assert await listings.harness.checksum() == before


async def test_a_repayment_needs_proof_and_pledge(listings: Listings) -> None:
    listing = await listings.listed()
    for changes, code in (
        ({"pledge_file_id": None}, "PLEDGE_MISSING"),
        ({"repaid_on": TODAY + timedelta(days=1)}, "IN_FUTURE"),
        ({"evidence_file_id": new_id()}, "FILE_UNKNOWN"),
    ):
        with pytest.raises(InvalidArgument) as refusal:
            await listings.told(listing, **changes)
        assert refusal.value.violations[0].code == code
    await listings.told(listing)
    with pytest.raises(AlreadyExists) as again:
        await listings.told(listing)
    assert again.value.reason == "REPAYMENT_TOLD"


async def test_what_is_over_takes_no_repayment(listings: Listings) -> None:
    listing = await listings.listed()
    told = await listings.told(listing)
    async with listings.harness.work(listings.keeper) as work:
        await service.lift(work, Verb(listing.id, None, "撤销"))
    papers = await listings.paper(), await listings.paper()
    before = await listings.harness.checksum()
    with pytest.raises(FailedPrecondition):
        await listings.told(listing, evidence_file_id=papers[0], pledge_file_id=papers[1])
    with pytest.raises(FailedPrecondition):
        async with listings.harness.work(listings.keeper) as work:
            await repay.accept(work, Verb(told.id, None, "x"))
    assert await listings.harness.checksum() == before


def _others(listings: Listings) -> list[Organisation]:
    return [listings.employer, organisation(Kind.CONTRACTOR), organisation(Kind.OPERATOR)]


async def test_only_the_authority_that_listed_lets_go(listings: Listings) -> None:
    """Employers have no say; another authority may add a decision, but neither judge nor lift."""
    listing = await listings.listed()
    told = await listings.told(listing)
    other = organisation(Kind.AUTHORITY).as_(*Role)
    before = await listings.harness.checksum()
    for who in _others(listings):
        async with listings.harness.work(who.as_(*Role)) as work:
            with pytest.raises(PermissionDenied):
                await service.lift(work, Verb(listing.id, None, "x"))
            with pytest.raises(PermissionDenied):
                await repay.accept(work, Verb(told.id, None, "x"))
    for verb in (service.lift, service.exit_early):
        with pytest.raises(PermissionDenied) as refusal:
            async with listings.harness.work(other) as work:
                await verb(work, Verb(listing.id, None, "x"))
        assert refusal.value.reason == "NOT_YOUR_LISTING"
    with pytest.raises(NotFound):
        async with listings.harness.work(other) as work:
            await repay.accept(work, Verb(told.id, None, "x"))
    assert await listings.harness.checksum() == before
