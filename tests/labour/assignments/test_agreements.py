"""Which agreement opens the gate of which project: contracts by project, what a batch says where there is none."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.errors import FailedPrecondition
from labour.assignments import service
from labour.assignments.service import Move
from tests.harness import Harness
from tests.labour.assignments.conftest import assign, cleared_until, codes, second_project
from tests.labour.assignments.test_rpc import ask
from tests.labour.conftest import Site, worker_row
from tests.labour.contracting import Contracting, later, run

_pause = (timedelta(minutes=2 * number) for number in itertools.count())
PLAIN = {"special_trade": ""}


@pytest.fixture
def contracting(site: Site) -> Contracting:
    """Contracts of the site's subcontractor."""
    return Contracting(site)


async def signed(contracting: Contracting, worker_id: UUID, number: str, **changes: Any) -> dict[str, Any]:
    """A contract of a worker, signed through his link; each a while after the one before, as codes may be asked for."""
    with later(contracting.harness, next(_pause)):
        contract = await contracting.draft(worker_id, **changes)
        return await contracting.sign(contract, await (await contracting.offer(contract, number)).opened())


async def test_a_contract_for_one_project_does_not_open_another(
    contracting: Contracting, labour: Harness, site: Site
) -> None:
    """Not to be assigned, not to enter, not to operate a machine; until one for that project, or for all, is signed."""
    other = await second_project(site)
    worker_id, number = await contracting.worker()
    await signed(contracting, worker_id, number)
    [here] = await assign(site, worker_id)
    [there] = await assign(site, worker_id, project_id=other)
    assert (codes(here), codes(there)) == ([], ["AGREEMENT_MISSING"])
    assert "本项目" in there.faults[0].zh
    answer = await ask(labour, site, worker_id, project_id=str(other), **PLAIN)
    assert {one.code for one in answer.refusals} == {"WORKER_NOT_ASSIGNED", "AGREEMENT_MISSING"}
    assert (await ask(labour, site, worker_id, **PLAIN)).allowed
    asked = {"worker_id": str(worker_id), "project_id": str(other)}
    explained = await contracting.get("/assignments/decision", **asked)
    assert [one["code"] for one in explained["rules"] if not one["passed"]] == ["AGREEMENT_MISSING"]
    await signed(contracting, worker_id, number, project_id=str(other), valid_to="2027-01-31")
    [there] = await assign(site, worker_id, project_id=other)
    assert codes(there) == []
    assert await cleared_until(site, worker_id) == date(2026, 12, 31)
    assert await cleared_until(site, worker_id, other) == date(2027, 1, 31)


async def test_a_contract_for_all_projects_opens_each(contracting: Contracting, labour: Harness, site: Site) -> None:
    other = await second_project(site)
    worker_id, number = await contracting.worker()
    await signed(contracting, worker_id, number, project_id=None)
    for project_id in (site.project_id, other):
        [outcome] = await assign(site, worker_id, project_id=project_id)
        assert codes(outcome) == []
        assert await cleared_until(site, worker_id, project_id) == date(2026, 12, 31)
        assert (await ask(labour, site, worker_id, project_id=str(project_id), **PLAIN)).allowed


async def test_what_a_batch_says_counts_only_where_no_contract_was_signed(contracting: Contracting, site: Site) -> None:
    """A draft or an offer is no contract; once one is signed, the batch says nothing more for any project."""
    other = await second_project(site)
    told = {"kind": "work_agreement", "number": "paper", "valid_from": "2026-01-01", "valid_to": "2026-11-30"}
    worker_id, number = await contracting.worker(agreement=told)
    contract = await contracting.draft(worker_id)
    phone = await contracting.offer(contract, number)
    for project_id in (site.project_id, other):
        [outcome] = await assign(site, worker_id, project_id=project_id)
        assert codes(outcome) == []
        assert await cleared_until(site, worker_id, project_id) == date(2026, 11, 30)
    await contracting.sign(contract, await phone.opened())
    assert await cleared_until(site, worker_id) == date(2026, 12, 31)
    assert await cleared_until(site, worker_id, other) == date(2026, 11, 22)


async def test_a_contract_that_is_terminated_shuts_its_own_gate_only(
    contracting: Contracting, labour: Harness, site: Site
) -> None:
    """Though the agreement on record, which another contract holds up, stays as it was."""
    other = await second_project(site)
    worker_id, number = await contracting.worker()
    here = await signed(contracting, worker_id, number)
    await signed(contracting, worker_id, number, project_id=str(other), valid_to="2027-02-28")
    for project_id in (site.project_id, other):
        await assign(site, worker_id, project_id=project_id)
    before = await contracting.get(f"/workers/{worker_id}")
    await contracting.verb(here, "terminate", {"last_day": "2026-11-23", "reason": "协商一致"})
    assert (await contracting.get(f"/workers/{worker_id}"))["agreement"] == before["agreement"]
    assert await cleared_until(site, worker_id) == date(2026, 11, 23)
    assert await cleared_until(site, worker_id, other) == date(2027, 2, 28)
    with later(labour, timedelta(days=1)):
        shut = await ask(labour, site, worker_id, **PLAIN)
        assert [one.code for one in shut.refusals] == ["AGREEMENT_NOT_IN_FORCE"]
        assert (await ask(labour, site, worker_id, project_id=str(other), **PLAIN)).allowed


async def test_who_is_assigned_by_a_contract_that_has_ended_since_does_not_enter(
    contracting: Contracting, labour: Harness, site: Site
) -> None:
    """At the gate the contract for this project is asked, whatever else binds him elsewhere."""
    other = await second_project(site)
    worker_id, number = await contracting.worker()
    contract = await signed(contracting, worker_id, number, valid_to="2026-11-24")
    await signed(contracting, worker_id, number, project_id=str(other))
    [outcome] = await assign(site, worker_id)
    assert outcome.assignment_id is not None
    with later(labour, timedelta(days=2)):
        await run(labour, "contracts.end", {"contract_id": contract["id"]})
        before, vault = await labour.checksum(), labour.runtime.clients["vault"]
        with pytest.raises(FailedPrecondition) as refusal:
            async with labour.work(site.engineer) as work:
                await service.enter(work, Move(outcome.assignment_id, None), site.projects, vault)
        assert refusal.value.metadata["gates"] == "AGREEMENT_NOT_IN_FORCE"
        assert await labour.checksum() == before


async def test_a_batch_that_comes_again_does_not_outweigh_what_was_signed(contracting: Contracting, site: Site) -> None:
    other = await second_project(site)
    row = worker_row(agreement=None)
    [worker_id] = await site.workers(row)
    await signed(contracting, worker_id, row["id_card_number"])
    told = {"kind": "work_agreement", "number": "paper", "valid_from": "2026-01-01", "valid_to": "2028-12-31"}
    await site.workers(row | {"agreement": told, "address": "广东省深圳市南山区2号"})
    [here] = await assign(site, worker_id)
    [there] = await assign(site, worker_id, project_id=other)
    assert (codes(here), codes(there)) == ([], ["AGREEMENT_MISSING"])
    assert await cleared_until(site, worker_id) == date(2026, 12, 31)
