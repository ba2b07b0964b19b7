"""Use cases of records and of the blacklist on a real PostgreSQL."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from chassis.crypto import Vault
from chassis.errors import InvalidArgument, NotFound, PermissionDenied
from chassis.identity import Kind, Principal, Role
from chassis.pages import PageRequest
from labour.records import rules, service
from labour.records.models import RecordKind
from labour.records.schemas import ListingIn
from labour.records.service import NewListing, NewRecord, RecordFilter
from tests.harness import Harness, organisation
from tests.labour.conftest import Site, resident_id, worker_row
from tests.labour.records.conftest import listing

TODAY = date(2026, 11, 23)


def bad(worker_id: UUID) -> NewRecord:
    return NewRecord(worker_id, RecordKind.BAD, TODAY, "打架", "通报 3", None)


async def people_of(labour: Harness, *worker_ids: UUID) -> list[UUID]:
    async with labour.sql() as connection:
        rows = await connection.fetch("SELECT id, person_id FROM workers WHERE id = ANY($1::uuid[])", worker_ids)
    people = {row["id"]: row["person_id"] for row in rows}
    return [people[one] for one in worker_ids]


async def refused(site: Site, worker: UUID, who: Principal | None = None) -> set[str]:
    """Why the gates of the site would refuse a worker today."""
    query = {"worker_id": str(worker), "project_id": str(site.project_id)}
    async with site.harness.client(who or site.clerk) as client:
        answer = await client.get("/labour/v1/assignments/decision", params=query)
    assert answer.status_code == 200, answer.text
    return {one["code"] for one in answer.json()["rules"] if one.get("code")}


async def test_an_employers_records_are_its_own_and_the_authoritys(
    labour: Harness, site: Site, authority: Principal
) -> None:
    """The same person at another employer: nothing of it is seen there, the general contractor sees nothing either."""
    row = worker_row()
    [worker] = await site.workers(row)
    other = site.stranger.as_(Role.LABOUR_CLERK)
    await site.workers(worker_row(id_card_number=row["id_card_number"]), clerk=other)
    async with labour.work(site.clerk) as work:
        made = await service.record(work, bad(worker))
    for reader, expected in ((site.clerk, [made.id]), (authority, [made.id]), (other, [])):
        async with labour.work(reader) as work:
            seen = await service.page(work, RecordFilter(worker_id=worker), PageRequest())
        assert [one.id for one in seen.items] == expected
    async with labour.work(site.contractor.as_(Role.LABOUR_CLERK)) as work:
        assert (await service.page(work, RecordFilter(worker_id=worker), PageRequest())).items == []


async def test_a_record_is_revoked_by_whoever_made_it(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(worker_row())
    async with labour.work(site.clerk) as work:
        made = await service.record(work, bad(worker))
    before = await labour.checksum()
    with pytest.raises(NotFound):
        async with labour.work(site.stranger.as_(Role.LABOUR_CLERK)) as work:
            await service.revoke(work, made.id, None, "x")
    with pytest.raises(NotFound):
        async with labour.work(site.stranger.as_(Role.LABOUR_CLERK)) as work:
            await service.record(work, bad(worker))
    assert await labour.checksum() == before
    async with labour.work(site.clerk) as work:
        revoked = await service.revoke(work, made.id, 1, "复核有误")
    assert (revoked.state, revoked.revoked_because, revoked.version) == ("revoked", "复核有误", 2)
    assert await labour.audited(made.id) == ["records.record", "records.revoke"]


async def test_the_blacklist_counts_for_the_person_at_every_employer(
    labour: Harness, site: Site, authority: Principal, vault: Vault
) -> None:
    """Listed by his number before or after an employer registers him; no employer's row is asked."""
    number = resident_id()
    async with labour.work(authority) as work:
        given = NewListing(
            **ListingIn.model_validate(listing(id_card_number=number, valid_from=TODAY.isoformat())).model_dump()
        )
        entry = await service.list_person(work, given, vault)
    [here] = await site.workers(worker_row(id_card_number=number))
    [there] = await site.workers(worker_row(id_card_number=number), clerk=site.stranger.as_(Role.LABOUR_CLERK))
    [free] = await site.workers(worker_row())
    first, second = await people_of(labour, here, there)
    assert first == second
    assert "BLACKLISTED" in await refused(site, here)
    assert "BLACKLISTED" not in await refused(site, free)
    async with labour.work(authority) as work:
        lifted = await service.lift(work, entry.id, 1, "复核", vault)
    assert "BLACKLISTED" not in await refused(site, here)
    assert not rules.counts_on(lifted.valid_from, lifted.valid_to, lifted.lifted_on, TODAY)


async def test_a_listing_is_felt_at_every_gate_at_once(
    labour: Harness, site: Site, authority: Principal, vault: Vault
) -> None:
    """Whoever is on a site is cleared no longer from the day of the listing, and again when it is lifted."""

    async def cleared() -> date | None:
        async with labour.sql() as connection:
            found: date | None = await connection.fetchval(
                "SELECT cleared_until FROM assignments WHERE worker_id = $1", worker
            )
        return found

    number = resident_id()
    [worker] = await site.workers(worker_row(id_card_number=number))
    await site.assigned([worker])
    before = await cleared()
    async with labour.work(authority) as work:
        given = NewListing(
            **ListingIn.model_validate(listing(id_card_number=number, valid_from=TODAY.isoformat())).model_dump()
        )
        entry = await service.list_person(work, given, vault)
    assert await cleared() == TODAY - timedelta(days=1)
    async with labour.work(authority) as work:
        await service.lift(work, entry.id, 1, "复核", vault)
    assert await cleared() == before


async def test_only_the_authority_lists_and_lifts(labour: Harness, authority: Principal, vault: Vault) -> None:
    given = NewListing(**ListingIn.model_validate(listing(valid_from=TODAY.isoformat(), valid_to=None)).model_dump())
    async with labour.work(authority) as work:
        entry = await service.list_person(work, given, vault)
    employer = organisation(Kind.CONTRACTOR, Kind.LABOUR_SUBCONTRACTOR).as_(*Role)
    before = await labour.checksum()
    async with labour.work(employer) as work:
        with pytest.raises(PermissionDenied):
            await service.list_person(work, given, vault)
        with pytest.raises(PermissionDenied):
            await service.lift(work, entry.id, None, "x", vault)
    assert await labour.checksum() == before


async def test_a_publication_shows_no_number_and_ends(labour: Harness, authority: Principal, vault: Vault) -> None:
    """Everybody reads what counts today; what is lifted is the authority's alone."""
    number, reader = resident_id(), organisation(Kind.SUPPLIER).as_(Role.SALES)
    given = NewListing(
        **ListingIn.model_validate(listing(id_card_number=number, valid_from=TODAY.isoformat())).model_dump()
    )
    async with labour.work(authority) as work:
        entry = await service.list_person(work, given, vault)
    async with labour.work(reader) as work:
        seen = await service.entry(work, entry.id)
    assert number not in str(seen.model_dump())
    assert seen.number_masked == f"{number[:4]}**********{number[-4:]}"
    async with labour.work(authority) as work:
        await service.lift(work, entry.id, None, "复核", vault)
    async with labour.work(reader) as work:
        with pytest.raises(NotFound):
            await service.entry(work, entry.id)
    async with labour.work(authority) as work:
        assert (await service.entry(work, entry.id)).lifted_because == "复核"


async def test_a_wrong_document_is_not_listed(labour: Harness, authority: Principal, vault: Vault) -> None:
    number = resident_id()
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    given = NewListing(
        **ListingIn.model_validate(listing(id_card_number=wrong, valid_from=TODAY.isoformat())).model_dump()
    )
    before = await labour.checksum()
    async with labour.work(authority) as work:
        with pytest.raises(InvalidArgument) as refusal:
            await service.list_person(work, given, vault)
    assert [(one.pointer, one.code) for one in refusal.value.violations] == [("/id_card_number", "ID_CHECK_DIGIT")]
    assert await labour.checksum() == before
