"""Use cases of consents on a real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from chassis.crypto import Vault
from chassis.errors import FailedPrecondition, InvalidArgument, NotFound
from chassis.identity import Role
from chassis.ids import new_id
from chassis.pages import PageRequest
from labour.consents import repository, service
from labour.consents.models import Consent, How, Purpose
from labour.consents.rules import Given
from labour.workers import service as workers
from tests.harness import NOON, Harness
from tests.labour.conftest import Site, worker_row

DAY = date(2026, 11, 20)


def given(purpose: Purpose, **changes: Any) -> Given:
    return replace(Given(purpose, "2026-1", DAY, How.PAPER_HELD), **changes)


async def give(site: Site, worker: UUID, purpose: Purpose, **changes: Any) -> Consent:
    async with site.harness.work(site.clerk) as work:
        return await service.give(work, worker, given(purpose, **changes))


async def standing(site: Site, worker: UUID) -> dict[Purpose, Consent]:
    async with site.harness.runtime.database.session() as session:
        return {one.purpose: one for one in await repository.given(session, [worker])}


async def test_given_again_replaces_and_the_same_once_more_changes_nothing(site: Site) -> None:
    [worker] = await site.workers(worker_row())
    first = await give(site, worker, Purpose.FACE_IMAGE)
    second = await give(site, worker, Purpose.FACE_IMAGE, given_on=date(2026, 11, 22))
    third = await give(site, worker, Purpose.FACE_IMAGE, given_on=date(2026, 11, 22))
    assert (first.id != second.id, second.id == third.id) == (True, True)
    async with site.harness.work(site.clerk) as work:
        page = await service.page(work, worker, PageRequest())
    assert [(one.purpose, one.state) for one in page.items] == [
        ("face_image", "given"),
        ("face_image", "replaced"),
        ("bank_account", "given"),
    ]


async def test_another_employer_learns_of_no_consent_and_gives_none(site: Site, vault: Vault) -> None:
    [worker] = await site.workers(worker_row())
    consent = (await standing(site, worker))[Purpose.BANK_ACCOUNT]
    stranger, before = site.stranger.as_(Role.LABOUR_CLERK), await site.harness.checksum()
    async with site.harness.work(stranger) as work:
        for ask in (
            service.page(work, worker, PageRequest()),
            service.give(work, worker, given(Purpose.FACE_IMAGE)),
            service.withdraw(work, consent.id, None, vault),
        ):
            with pytest.raises(NotFound):
                await ask
    assert await site.harness.checksum() == before


async def test_a_scan_must_be_the_employers_own(site: Site) -> None:
    [worker] = await site.workers(worker_row())
    with pytest.raises(InvalidArgument) as refusal:
        await give(site, worker, Purpose.FACE_IMAGE, how=How.PAPER_SCAN, file_id=new_id())
    assert [one.code for one in refusal.value.violations] == ["FILE_UNKNOWN"]
    assert Purpose.FACE_IMAGE not in await standing(site, worker)


async def test_a_withdrawal_stops_the_use_and_erases_what_no_law_keeps(site: Site, vault: Vault) -> None:
    """Never on a site, no contract in force: the card goes with the consent. The consent is withdrawn once."""
    [worker] = await site.workers(worker_row(agreement=None))
    consent = (await standing(site, worker))[Purpose.BANK_ACCOUNT]
    async with site.harness.work(site.clerk) as work:
        done = await service.withdraw(work, consent.id, consent.version, vault)
    assert (list(done.erased), list(done.kept), done.consent.state) == (["payroll_bank_card"], [], "withdrawn")
    async with site.harness.work(site.clerk) as work:
        assert (await workers.get(work, worker, vault)).payroll_bank_card == ""
        assert await repository.withdrawn(await work.writing(), [worker], Purpose.BANK_ACCOUNT) == {worker: NOON}
        with pytest.raises(FailedPrecondition):
            await service.withdraw(work, consent.id, None, vault)


async def test_a_withdrawal_says_what_the_law_keeps(site: Site, vault: Vault) -> None:
    """On a site: the wage ledger and the register keep the card, out of use; given again it is used again."""
    [worker] = await site.workers(worker_row())
    await site.assigned([worker])
    consent = (await standing(site, worker))[Purpose.BANK_ACCOUNT]
    async with site.harness.work(site.clerk) as work:
        done = await service.withdraw(work, consent.id, None, vault)
        seen = await workers.get(work, worker, vault)
    assert list(done.erased) == []
    assert [(one.rule, one.fields, one.waits_for) for one in done.kept] == [
        ("employment", ("payroll_bank_card",), ""),
        ("wage_ledger", ("payroll_bank_card",), "exit"),
    ]
    assert (seen.payroll_bank_card != "", seen.consent_missing) == (True, [Purpose.BANK_ACCOUNT])
    await give(site, worker, Purpose.BANK_ACCOUNT)
    async with site.harness.runtime.database.session() as session:
        assert await repository.withdrawn(session, [worker], Purpose.BANK_ACCOUNT) == {}


async def test_a_health_note_goes_with_its_consent(site: Site, vault: Vault) -> None:
    [worker] = await site.workers(worker_row())
    consent = await give(site, worker, Purpose.HEALTH_RECORD)
    async with site.harness.work(site.clerk) as work:
        seen = await workers.get(work, worker, vault)
        await workers.change(
            work,
            workers.ChangeWorker(worker, seen.version, {"health_record_until": date(2027, 5, 1)}, None, None),
            vault,
        )
    async with site.harness.work(site.clerk) as work:
        done = await service.withdraw(work, consent.id, None, vault)
        assert (await workers.get(work, worker, vault)).worker.health_record_until is None
    assert list(done.erased) == ["health_record_until"]


async def test_examinations_and_positions_go_with_their_consents(site: Site, labour: Harness, vault: Vault) -> None:
    """Rows of other tables too; only those of this worker, and only of what he has withdrawn."""
    one, other = await site.workers(worker_row(), worker_row())
    for worker in (one, other):
        for purpose in (Purpose.HEALTH_RECORD, Purpose.LOCATION):
            await give(site, worker, purpose)
        path = f"/labour/v1/workers/{worker}/health-records"
        await site.post(path, {"examined_on": "2026-05-01", "valid_to": "2027-04-30", "fit": True}, site.clerk)
        async with labour.sql() as connection:
            await connection.execute(
                "INSERT INTO swipe_locations (device_id, sequence, project_id, worker_id, employer_id, at, lng, lat, "
                "accuracy_m, signals, too_fast) VALUES ($1, 1, $1, $2, $3, now(), 114, 22, 5, '{}', false)",
                *(new_id(), worker, site.subcontractor.id),
            )
    found: dict[str, list[str]] = {}
    for purpose in (Purpose.HEALTH_RECORD, Purpose.LOCATION):
        consent = (await standing(site, one))[purpose]
        async with site.harness.work(site.clerk) as work:
            found[purpose] = list((await service.withdraw(work, consent.id, None, vault)).erased)
        left = {table: await rows_of(labour, table, one) for table in ("health_records", "swipe_locations")}
        found[f"after {purpose}"] = [table for table, count in left.items() if count]
    assert found == {
        "health_record": ["health_records"],
        "after health_record": ["swipe_locations"],
        "location": ["positions"],
        "after location": [],
    }
    assert [await rows_of(labour, table, other) for table in ("health_records", "swipe_locations")] == [1, 1]


async def rows_of(labour: Harness, table: str, worker: UUID) -> int:
    async with labour.sql() as connection:
        found: int = await connection.fetchval(f"SELECT count(*) FROM {table} WHERE worker_id = $1", worker)
    return found
