"""GetEmployerStanding over a real gRPC server in this process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest

from chassis.errors import InvalidArgument, PermissionDenied
from chassis.ids import new_id
from labour.employer_listings import service as employer_listings
from labour.employer_listings.service import Verb
from tests.facts import tell_organisation
from tests.labour.contracting import later
from tests.labour.employer_listings.conftest import TODAY, Listings, listings
from tests.labour.evidence.conftest import Months
from tests.labour.rpc_door import door
from tests.labour.warnings.conftest import months, watch, worked_in_october
from zhulian.common.v1.values_pb2 import Day
from zhulian.labour.v1.labour_directory_pb2 import (
    EmployerStanding,
    GetEmployerStandingRequest,
    GetEmployerStandingResponse,
)
from zhulian.labour.v1.labour_directory_pb2_grpc import LabourDirectoryStub

__all__ = ["listings", "months"]


async def ask(
    held: Listings | Months, organisation_id: object, on: date | str | None = None, caller: str = "procurement"
) -> EmployerStanding:
    [standing] = (await asked(held, [organisation_id], on, caller)).standings
    return standing


async def asked(
    held: Listings | Months,
    organisation_ids: Sequence[object],
    on: date | str | None = None,
    caller: str = "procurement",
) -> GetEmployerStandingResponse:
    harness = held.harness if isinstance(held, Listings) else held.site.harness
    ids = [str(one) for one in organisation_ids]
    request = GetEmployerStandingRequest(organisation_ids=ids, on=Day(date=str(on)) if on else None)
    async with door(harness, caller) as channel:
        answer: GetEmployerStandingResponse = await channel.call(LabourDirectoryStub, "GetEmployerStanding", request)
    return answer


async def test_nothing_is_known_of_a_stranger(listings: Listings) -> None:
    answer = await ask(listings, new_id())
    assert (answer.warning_level, answer.outstanding_months) == ("none", 0)
    assert not answer.HasField("listed")
    assert not answer.HasField("warned_since")


async def test_whether_listed_as_of_a_day(listings: Listings) -> None:
    """From the day of the decision to the last one; not before, and not from the day on which it was lifted."""
    listing = await listings.listed(decided_on=date(2026, 11, 1), source_document="列8号")
    employer = listings.employer.id
    for day, listed in (
        (date(2026, 10, 31), False),
        (date(2026, 11, 1), True),
        (None, True),
        (date(2029, 11, 2), False),
    ):
        assert (await ask(listings, employer, day)).HasField("listed") is listed, day
    told = (await ask(listings, employer)).listed
    assert (told.since.date, told.until.date, list(told.documents)) == ("2026-11-01", "2029-11-01", ["列8号"])
    async with listings.harness.work(listings.keeper) as work:
        await employer_listings.lift(work, Verb(listing.id, None, "撤销"))
    assert not (await ask(listings, employer)).HasField("listed")
    assert (await ask(listings, employer, TODAY - timedelta(days=1))).HasField("listed")


async def test_many_are_answered_in_the_order_of_the_question(listings: Listings) -> None:
    await listings.listed()
    ids = [new_id(), listings.employer.id, new_id()]
    answer = await asked(listings, ids)
    assert answer.as_of.date == "2026-11-23"
    assert [(one.organisation_id, one.HasField("listed")) for one in answer.standings] == [
        (str(ids[0]), False),
        (str(ids[1]), True),
        (str(ids[2]), False),
    ]
    with pytest.raises(InvalidArgument):
        await asked(listings, [new_id() for _ in range(201)])


async def owed(months: Months, code: str, month: date, due: date) -> None:
    """A gap of a worker's month, as evidence keeps it."""
    await months.run(
        "INSERT INTO evidence_gaps (project_id, worker_id, month, code, employer_id, link, responsible, due_on, "
        "detail) VALUES ($1, $2, $3, $4, $5, 'payment', 'employer', $6, '{}')",
        months.site.project_id, months.gate.workers[0], month, code, months.site.subcontractor.id, due,
    )  # fmt: skip


async def test_the_worst_warning_and_overdue_months_without_project_or_person(months: Months) -> None:
    await worked_in_october(months, "6000.00", "0.00")
    await watch(months)
    employer = months.site.subcontractor.id
    await owed(months, "PAYMENT_MISSING", date(2026, 10, 1), date(2026, 11, 20))
    await owed(months, "SHEET_MISSING", date(2026, 9, 1), date(2026, 10, 5))
    await owed(months, "PAYMENT_FAILED", date(2026, 11, 1), date(2026, 12, 20))
    await owed(months, "RECEIPT_MISSING", date(2026, 8, 1), date(2026, 9, 25))
    answer = await ask(months, employer)
    assert (answer.warning_level, answer.warned_since.date) == ("red", "2026-11-23")
    assert (answer.outstanding_months, answer.oldest_outstanding_month.date) == (2, "2026-09-01")
    text = str(answer)
    for hidden in (months.site.project_id, *months.gate.workers):
        assert str(hidden) not in text
    assert (await ask(months, employer, TODAY - timedelta(days=1))).warning_level == "none"
    assert (await ask(months, employer, date(2026, 12, 21))).outstanding_months == 3
    assert (await ask(months, months.site.stranger.id)).outstanding_months == 0


async def test_a_warning_that_was_lifted_is_none_from_that_day(months: Months) -> None:
    await worked_in_october(months, "6000.00", "0.00")
    await watch(months)
    await months.run("DELETE FROM evidence_months WHERE project_id = $1", months.site.project_id)
    with later(months.site.harness, timedelta(days=1)):
        await watch(months)
        assert (await ask(months, months.site.subcontractor.id)).warning_level == "none"
        assert (await ask(months, months.site.subcontractor.id, TODAY)).warning_level == "red"


@pytest.mark.parametrize(("organisation_id", "on"), [("x", None), (UUID(int=1), "tomorrow")])
async def test_odd_questions_are_refused(listings: Listings, organisation_id: object, on: str | None) -> None:
    with pytest.raises(InvalidArgument):
        await ask(listings, organisation_id, on)


@pytest.mark.parametrize("caller", ["equipment-leasing", "project-mgmt", "gateway", "labour"])
async def test_only_procurement_asks(listings: Listings, caller: str) -> None:
    await tell_organisation(listings.harness, listings.employer.id, "x", uscc=listings.employer.uscc)
    with pytest.raises(PermissionDenied) as refusal:
        await ask(listings, listings.employer.id, None, caller)
    assert refusal.value.reason == "CALLER_NOT_ALLOWED"
