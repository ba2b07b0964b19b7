"""Use cases of assignments on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest

from chassis.crypto import Vault
from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, InvalidArgument, NotFound
from chassis.identity import Kind, Role
from chassis.ids import new_id
from chassis.pages import PageRequest
from labour.assignments import service
from labour.assignments.commands.assign import EMPLOYER_ROLES
from labour.assignments.service import Assigned, AssignmentFilter, AssignWorkers, Move, WorkerToAssign
from labour.assignments.states import State
from labour.codes.models import RiskClass
from labour.workers import service as workers
from labour.workers.rules import CertificateRecord
from tests.harness import Harness, organisation
from tests.labour.assignments.conftest import assign, codes
from tests.labour.conftest import Site, resident_id, tell_project, worker_row


async def read(site: Site, assignment_id: UUID | None) -> Assigned:
    assert assignment_id is not None
    async with site.harness.work(site.clerk) as work:
        return await service.get(work, assignment_id)


async def move(site: Site, assignment_id: UUID, verb: str, **more: object) -> Assigned:
    vault = site.harness.runtime.clients["vault"]
    command = Move(assignment_id, None, **more)  # type: ignore[arg-type]
    async with site.harness.work(site.engineer) as work:
        if verb == "enter":
            return await service.enter(work, command, site.projects, vault)
        return await service.leave(work, command)


async def test_who_passes_is_assigned_and_the_others_hear_every_reason(labour: Harness, site: Site) -> None:
    ids = await site.workers(
        worker_row(),
        worker_row(training=None, agreement=None),
        worker_row(id_card_number=resident_id("19600101")),
        worker_row(id_card_number=resident_id("20090101", male=False)),
        worker_row(work_type="130"),
        worker_row(nation="", address=""),
    )
    outcomes = await assign(site, *ids, new_id())
    assert [codes(outcome) for outcome in outcomes] == [
        [],
        ["AGREEMENT_MISSING", "TRAINING_MISSING"],
        ["AGE_ABOVE_MAXIMUM"],
        ["AGE_BELOW_MINIMUM"],
        ["CERTIFICATE_MISSING"],
        ["REGISTRATION_INCOMPLETE"],
        ["WORKER_NOT_FOUND"],
    ]
    assert "上海市2019年" in outcomes[2].faults[0].zh
    assigned = await read(site, outcomes[0].assignment_id)
    assert (assigned.assignment.state, assigned.assignment.cleared_until) == (State.ASSIGNED, date(2027, 3, 1))
    assert await labour.audited(assigned.assignment.id) == ["assignments.create"]


async def test_assigning_again_changes_nothing(labour: Harness, site: Site) -> None:
    ids = await site.workers(worker_row())
    [first] = await assign(site, *ids)
    before = await labour.checksum()
    [again] = await assign(site, *ids)
    assert (first.status, again.status) == ("created", "unchanged")
    assert first.assignment_id == again.assignment_id
    assert await labour.checksum() == before


async def test_the_same_workers_in_parallel_are_assigned_once(labour: Harness, site: Site) -> None:
    ids = await site.workers(*[worker_row() for _ in range(20)])
    batches = await asyncio.gather(*(assign(site, *(ids if n % 2 else ids[::-1])) for n in range(5)))
    statuses = sorted({outcome.status for outcome in batch}.pop() for batch in batches)
    assert statuses == ["created"] + ["unchanged"] * 4


@pytest.mark.parametrize("risk_class", ["normal", "hazardous"])
async def test_the_projects_risk_class_and_that_of_the_work(labour: Harness, site: Site, risk_class: str) -> None:
    """A man of 57 may do normal work; underground he may not, whoever says so: project or assignment."""
    site.projects.risk_classes[site.project_id] = risk_class
    ids = await site.workers(*[worker_row(id_card_number=resident_id("19690101")) for _ in range(2)])
    [as_project] = await assign(site, ids[0])
    [hazardous] = await assign(site, ids[1], risk_class=RiskClass.HAZARDOUS)
    assert codes(as_project) == ([] if risk_class == "normal" else ["AGE_ABOVE_MAXIMUM"])
    assert codes(hazardous) == ["AGE_ABOVE_MAXIMUM"]


@pytest.mark.parametrize("role", ["owner", "supervisor", "supplier", "design", *EMPLOYER_ROLES])
async def test_only_some_parties_bring_workers(labour: Harness, site: Site, role: str) -> None:
    ids = await site.workers(worker_row())
    site.projects.roles[site.project_id, site.subcontractor.id] = frozenset({role})
    before = await labour.checksum()
    if role in EMPLOYER_ROLES:
        assert [outcome.status for outcome in await assign(site, *ids)] == ["created"]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        await assign(site, *ids)
    assert refusal.value.reason == "NOT_AN_EMPLOYER_ON_PROJECT"
    assert await labour.checksum() == before


async def test_a_project_of_others_is_not_found(labour: Harness, site: Site) -> None:
    clerk = site.stranger.as_(Role.LABOUR_CLERK)
    ids = await site.workers(worker_row(), clerk=clerk)
    before = await labour.checksum()
    with pytest.raises(NotFound) as refusal:
        await assign(site, *ids, clerk=clerk)
    assert refusal.value.reason == "PROJECT_NOT_FOUND"
    assert await labour.checksum() == before


async def test_a_project_whose_news_is_on_its_way_takes_workers(labour: Harness, site: Site) -> None:
    """Assigning asks project-mgmt; it does not wait for the fact."""
    ids = await site.workers(worker_row())
    unheard = new_id()
    site.projects.roles[unheard, site.subcontractor.id] = frozenset({"labour_subcontractor"})
    assert [outcome.status for outcome in await assign(site, *ids, project_id=unheard)] == ["created"]


async def test_another_employers_worker_cannot_be_assigned(labour: Harness, site: Site) -> None:
    """By guessing an id nobody learns more than that he has no such worker."""
    ids = await site.workers(worker_row(), clerk=site.stranger.as_(Role.LABOUR_CLERK))
    [outcome] = await assign(site, *ids)
    assert codes(outcome) == ["WORKER_NOT_FOUND"]


async def test_in_out_and_in_again(labour: Harness, site: Site) -> None:
    """Each entry asks every gate anew; the history is kept."""
    now = labour.clock.now()
    [outcome] = await assign(site, *await site.workers(worker_row()))
    id_ = outcome.assignment_id
    assert id_ is not None
    await move(site, id_, "enter", at=now - timedelta(days=9))
    await move(site, id_, "leave", at=now - timedelta(days=5), reason="探亲")
    back = await move(site, id_, "enter", at=now - timedelta(days=2))
    assert (back.assignment.state, back.assignment.left_at, back.version) == (State.ENTERED, None, 4)
    async with labour.work(site.clerk) as work:
        stays = await service.page_of_stays(work, id_, PageRequest())
    assert [(stay.entered_at, stay.left_at) for stay in stays.items] == [
        (now - timedelta(days=2), None),
        (now - timedelta(days=9), now - timedelta(days=5)),
    ]
    verbs = ["assignments.create", "assignments.enter", "assignments.leave", "assignments.enter"]
    assert await labour.audited(id_) == verbs


async def test_time_runs_forward(labour: Harness, site: Site) -> None:
    now = labour.clock.now()
    [outcome] = await assign(site, *await site.workers(worker_row()))
    id_ = outcome.assignment_id
    assert id_ is not None
    await move(site, id_, "enter", at=now - timedelta(days=9))
    for verb, at, code in (
        ("leave", now - timedelta(days=10), "DATES_BACKWARDS"),
        ("leave", now + timedelta(days=1), "IN_FUTURE"),
        ("leave", now - timedelta(days=63), "TOO_OLD"),
    ):
        with pytest.raises(InvalidArgument) as refusal:
            await move(site, id_, verb, at=at)
        assert refusal.value.violations[0].code == code
    await move(site, id_, "leave", at=now - timedelta(days=5))
    with pytest.raises(InvalidArgument):
        await move(site, id_, "enter", at=now - timedelta(days=5))


async def test_the_gate_is_asked_again_at_the_gate(labour: Harness, site: Site, vault: Vault) -> None:
    """A certificate that was valid when he was assigned and has been suspended since keeps him out."""
    certificate = {"number": "T1", "trade": "建筑电工", "valid_from": "2026-01-01", "valid_to": "2027-06-30"}
    [worker_id] = await site.workers(worker_row(work_type="130", certificates=[certificate]))
    [outcome] = await assign(site, worker_id)
    assert outcome.assignment_id is not None
    async with labour.work(site.clerk) as work:
        suspended = CertificateRecord("T1", "建筑电工", date(2026, 1, 1), date(2027, 6, 30), "3")
        await workers.record_certificate(work, worker_id, suspended, vault)
    assert (await read(site, outcome.assignment_id)).assignment.cleared_until == date(2026, 11, 22)
    before = await labour.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        await move(site, outcome.assignment_id, "enter")
    assert refusal.value.reason == "ENTRY_REFUSED"
    assert refusal.value.metadata["gates"] == "CERTIFICATE_NOT_IN_FORCE"
    assert "建质[2008]75号" in refusal.value.metadata["source.CERTIFICATE_NOT_IN_FORCE"]
    assert [one.code for one in refusal.value.violations] == ["CERTIFICATE_NOT_IN_FORCE"]
    assert await labour.checksum() == before


async def test_new_papers_clear_an_assignment_anew(labour: Harness, site: Site) -> None:
    row = worker_row()
    row["agreement"] |= {"valid_to": "2026-12-15"}
    [worker_id] = await site.workers(row)
    [outcome] = await assign(site, worker_id)
    assert (await read(site, outcome.assignment_id)).assignment.cleared_until == date(2026, 12, 15)
    longer = row | {"agreement": row["agreement"] | {"valid_to": "2027-01-31"}}
    await site.workers(longer)
    assert (await read(site, outcome.assignment_id)).assignment.cleared_until == date(2027, 1, 31)


@pytest.mark.parametrize("state", ["planned", "suspended", "completed", "archived"])
async def test_nobody_enters_a_project_that_does_not_run(labour: Harness, site: Site, state: str) -> None:
    [outcome] = await assign(site, *await site.workers(worker_row()))
    assert outcome.assignment_id is not None
    site.projects.states[site.project_id] = state
    before = await labour.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        await move(site, outcome.assignment_id, "enter")
    assert (refusal.value.reason, refusal.value.metadata["state"]) == ("PROJECT_NOT_OPEN", state)
    assert await labour.checksum() == before


async def test_a_stale_version_moves_nobody(labour: Harness, site: Site, vault: Vault) -> None:
    [outcome] = await assign(site, *await site.workers(worker_row()))
    assert outcome.assignment_id is not None
    await move(site, outcome.assignment_id, "enter")
    with pytest.raises(Aborted):
        async with labour.work(site.clerk) as work:
            await service.leave(work, Move(outcome.assignment_id, 1))
    with pytest.raises(FailedPrecondition) as refusal:
        await move(site, outcome.assignment_id, "enter")
    assert refusal.value.metadata["allowed"] == "leave,take_leave,expel,close"


async def test_one_worker_hears_the_reasons_as_a_problem(labour: Harness, site: Site, vault: Vault) -> None:
    good, bad = await site.workers(worker_row(), worker_row(training=None))

    async def one(worker_id: UUID) -> Assigned:
        command = AssignWorkers(site.project_id, [WorkerToAssign(worker_id, None, None)], labour.clock.now())
        async with labour.work(site.clerk) as work:
            return await service.assign_one(work, command, site.projects, vault)

    assert (await one(good)).assignment.state is State.ENTERED
    for worker_id, kind, reason in (
        (bad, FailedPrecondition, "ENTRY_REFUSED"),
        (good, AlreadyExists, "ALREADY_ASSIGNED"),
        (new_id(), NotFound, "WORKER_NOT_FOUND"),
    ):
        before = await labour.checksum()
        with pytest.raises(kind) as refusal:
            await one(worker_id)
        assert refusal.value.reason == reason
        assert await labour.checksum() == before


async def test_who_sees_an_assignment(labour: Harness, site: Site) -> None:
    [outcome] = await assign(site, *await site.workers(worker_row()))
    assert outcome.assignment_id is not None
    seeing = [
        site.clerk,
        site.engineer,
        site.owner.as_(Role.VIEWER),
        organisation(Kind.AUTHORITY).as_(Role.VIEWER),
    ]
    for principal in seeing:
        async with labour.work(principal) as work:
            found = await service.page(work, AssignmentFilter(project_id=site.project_id), PageRequest())
        assert [one.assignment.id for one in found.items] == [outcome.assignment_id]
    # Another subcontractor of the same project does not see this one's people.
    parties = {site.contractor.id: "general_contractor", site.stranger.id: "labour_subcontractor"}
    await tell_project(labour, site.project_id, parties, version=2)
    for principal in (site.stranger.as_(Role.LABOUR_CLERK), organisation(Kind.OWNER).as_(Role.VIEWER)):
        async with labour.work(principal) as work:
            found = await service.page(work, AssignmentFilter(), PageRequest())
            assert found.items == []
            with pytest.raises(NotFound):
                await service.get(work, outcome.assignment_id)
