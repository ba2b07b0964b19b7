"""Leave, forced exit, the end of a project, and swipes that are on their way meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from chassis.clock import SHANGHAI
from chassis.errors import FailedPrecondition, InvalidArgument, NotFound
from chassis.identity import Kind, Role, service_principal
from labour.assignments import events, handlers, service
from labour.assignments.commands.close import CLOSE_JOB
from labour.assignments.service import Assigned, Move
from labour.assignments.states import State
from tests.harness import NOON, Harness, organisation
from tests.labour.assignments.conftest import assign
from tests.labour.attendance.conftest import Gate, at
from tests.labour.conftest import Site, tell_project, worker_row
from zhulian.labour.v1.assignments_events_pb2 import WorkersEntered, WorkersLeft

LABOUR = service_principal("labour")
TODAY = NOON.astimezone(SHANGHAI).date()


@pytest.fixture
async def noon(labour: Harness) -> AsyncIterator[None]:
    """The clock is put back after a test that moves it."""
    yield
    labour.clock.advance(NOON - labour.clock.now())


async def entered(site: Site, *, days_ago: int = 9) -> UUID:
    """The assignment of a worker who has entered."""
    [outcome] = await assign(
        site, *await site.workers(worker_row()), enter_at=site.harness.clock.now() - timedelta(days=days_ago)
    )
    assert outcome.assignment_id is not None
    return outcome.assignment_id


async def move(site: Site, verb: str, assignment_id: UUID, **more: object) -> Assigned:
    """One verb by the general contractor's engineer."""
    back_on = more.pop("back_on", TODAY + timedelta(days=9))
    command = Move(assignment_id, None, **more)  # type: ignore[arg-type]
    vault = site.harness.runtime.clients["vault"]
    async with site.harness.work(site.engineer) as work:
        if verb == "take_leave":
            assert isinstance(back_on, date)
            return await service.take_leave(work, command, back_on)
        if verb in ("enter", "come_back"):
            found: Assigned = await getattr(service, verb)(work, command, site.projects, vault)
            return found
        moved: Assigned = await getattr(service, verb)(work, command)
        return moved


async def told(labour: Harness, subject: str, message: type[WorkersEntered | WorkersLeft], site: Site) -> list[object]:
    """Facts of the site, in order."""
    async with labour.sql() as connection:
        rows = await connection.fetch("SELECT payload FROM outbox WHERE subject = $1 ORDER BY seq", subject)
    found = [message.FromString(bytes(row["payload"])) for row in rows]
    return [one for one in found if one.project_id == str(site.project_id)]


async def test_who_takes_leave_still_belongs_to_the_project(labour: Harness, site: Site) -> None:
    """Leave and return stand in the history; the stay goes on."""
    id_ = await entered(site)
    away = await move(site, "take_leave", id_, at=NOON - timedelta(days=3), reason="探亲")
    assert away.assignment.state is State.ON_LEAVE
    back = await move(site, "come_back", id_, at=NOON - timedelta(days=1))
    assert (back.assignment.state, back.assignment.left_at) == (State.ENTERED, None)
    async with labour.sql() as connection:
        [absence] = await connection.fetch("SELECT * FROM assignment_absences WHERE assignment_id = $1", id_)
        stays = await connection.fetchval("SELECT count(*) FROM assignment_stays WHERE assignment_id = $1", id_)
    assert (absence["began_at"], absence["ended_at"]) == (NOON - timedelta(days=3), NOON - timedelta(days=1))
    assert stays == 1
    assert await labour.audited(id_) == ["assignments.create", "assignments.take-leave", "assignments.return"]


async def test_days_of_leave_run_forward(labour: Harness, site: Site) -> None:
    id_ = await entered(site, days_ago=5)
    for verb, more in (
        ("take_leave", {"at": NOON - timedelta(days=6)}),
        ("take_leave", {"at": NOON - timedelta(days=1), "back_on": TODAY - timedelta(days=1)}),
        ("take_leave", {"at": NOON + timedelta(hours=1)}),
    ):
        before = await labour.checksum()
        with pytest.raises(InvalidArgument):
            await move(site, verb, id_, **more)
        assert await labour.checksum() == before
    await move(site, "take_leave", id_, at=NOON - timedelta(days=3))
    for verb in ("come_back", "leave"):
        with pytest.raises(InvalidArgument):
            await move(site, verb, id_, at=NOON - timedelta(days=4))
    await move(site, "come_back", id_, at=NOON - timedelta(days=2))
    with pytest.raises(InvalidArgument):
        await move(site, "take_leave", id_, at=NOON - timedelta(days=3))


async def test_who_comes_back_after_a_year_is_trained_again(labour: Harness, site: Site, noon: None) -> None:
    """From leave as from outside: a year without training or attendance shuts the gate."""
    [outcome] = await assign(
        site,
        *await site.workers(worker_row()),
        enter_at=NOON - timedelta(days=9),
    )
    assert outcome.assignment_id is not None
    await move(site, "take_leave", outcome.assignment_id, back_on=date(2027, 10, 1))
    labour.clock.advance(timedelta(days=365))
    before = await labour.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        await move(site, "come_back", outcome.assignment_id)
    assert refusal.value.metadata["gates"] == "TRAINING_LAPSED"
    assert await labour.checksum() == before


async def test_who_was_sent_away_enters_only_once_readmitted(labour: Harness, site: Site) -> None:
    id_ = await entered(site)
    gone = await move(site, "expel", id_, at=NOON - timedelta(days=2), reason="违章作业")
    assert (gone.assignment.state, gone.assignment.barred_on) == (State.LEFT, TODAY - timedelta(days=2))
    before = await labour.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        await move(site, "enter", id_)
    assert refusal.value.metadata["gates"] == "BARRED_FROM_PROJECT"
    [again] = await assign(site, gone.assignment.worker_id, enter_at=NOON)
    assert [fault.code for fault in again.faults] == ["BARRED_FROM_PROJECT"]
    assert await labour.checksum() == before
    await move(site, "readmit", id_, reason="教育合格")
    assert (await move(site, "enter", id_)).assignment.state is State.ENTERED
    [fact] = await told(labour, events.LEFT, WorkersLeft, site)
    assert (fact.kind, len(fact.workers)) == ("forced", 1)  # type: ignore[attr-defined]


async def test_only_the_general_contractor_sends_away(labour: Harness, site: Site) -> None:
    """Another contractor on the project sees its own people only; for its own it is told why not."""
    id_ = await entered(site)
    other = organisation(Kind.CONTRACTOR)
    parties = {site.contractor.id: "general_contractor", other.id: "specialist_subcontractor"}
    await tell_project(labour, site.project_id, parties | {site.subcontractor.id: "labour_subcontractor"}, version=2)
    site.projects.roles[site.project_id, other.id] = frozenset({"specialist_subcontractor"})
    clerk = other.as_(Role.LABOUR_CLERK)
    [own] = await assign(site, *await site.workers(worker_row(), clerk=clerk), clerk=clerk)
    assert own.assignment_id is not None
    before = await labour.checksum()
    with pytest.raises(NotFound):
        async with labour.work(clerk) as work:
            await service.expel(work, Move(id_, None, reason="x"))
    with pytest.raises(FailedPrecondition) as refusal:
        async with labour.work(clerk) as work:
            await service.expel(work, Move(own.assignment_id, None, reason="x"))
    assert refusal.value.reason == "NOT_GENERAL_CONTRACTOR"
    with pytest.raises(FailedPrecondition) as refusal:
        await move(site, "readmit", own.assignment_id)
    assert refusal.value.reason == "INVALID_STATE"
    assert await labour.checksum() == before


async def test_a_worker_is_removed_while_his_swipes_are_on_the_way(gate: Gate) -> None:
    """What he did until his last day counts; what comes from a later day is refused, whenever it arrives."""
    site = gate.site
    async with site.harness.sql() as connection:
        id_ = await connection.fetchval("SELECT id FROM assignments WHERE worker_id = $1", gate.workers[0])
    held_back = [gate.swipe(0, "in", at(7, days_ago=3)), gate.swipe(0, "out", at(16, days_ago=3))]
    after = gate.swipe(0, "in", at(7, days_ago=2))
    await move(site, "expel", id_, at=at(17, days_ago=3), reason="违章作业")
    recorded = await gate.send(*held_back, after)
    assert (recorded.accepted, list(recorded.refused)) == (2, [2])
    assert recorded.refused[2][0].code == "WORKER_NOT_ENTERED"
    assert list((await gate.counted()).values()) == ["1.00"]


async def end_project(site: Site, state: str = "completed", *, version: int = 2) -> None:
    """project-mgmt tells that the project has ended."""
    parties = {site.contractor.id: "general_contractor", site.subcontractor.id: "labour_subcontractor"}
    await tell_project(site.harness, site.project_id, parties, version=version, state=state)


async def run_close(site: Site, day: date = TODAY) -> None:
    """The job, as the runner calls it."""
    async with site.harness.work(LABOUR) as work:
        await handlers.close_project(work, {"project_id": str(site.project_id), "day": day.isoformat()})


async def standing(site: Site) -> list[tuple[str, datetime | None]]:
    """State and exit of every assignment of the project."""
    async with site.harness.sql() as connection:
        rows = await connection.fetch(
            "SELECT state, left_at FROM assignments WHERE project_id = $1 ORDER BY id", site.project_id
        )
    return [(row["state"], row["left_at"]) for row in rows]


async def waiting(site: Site) -> int:
    """How many closings of the project wait."""
    async with site.harness.sql() as connection:
        found: int = await connection.fetchval(
            "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1 AND convert_from(payload, 'UTF8') LIKE $2",
            CLOSE_JOB,
            f"%{site.project_id}%",
        )
    return found


async def test_the_end_of_a_project_closes_every_stay_at_the_end_of_that_day(labour: Harness, site: Site) -> None:
    """Entered, on leave and merely assigned; once, however often the fact and the job come."""
    one, away = await entered(site), await entered(site)
    await move(site, "take_leave", away)
    [listed] = await assign(site, *await site.workers(worker_row()))
    await end_project(site)
    assert await waiting(site) == 1
    assert [state for state, _ in await standing(site)] == ["entered", "on_leave", "assigned"]
    await run_close(site)
    end = datetime(TODAY.year, TODAY.month, TODAY.day, 23, 59, 59, 999999, SHANGHAI)
    assert await standing(site) == [("left", end)] * 3
    [fact] = await told(labour, events.LEFT, WorkersLeft, site)
    assert (fact.kind, {w.assignment_id for w in fact.workers}) == (  # type: ignore[attr-defined]
        "project_ended",
        {str(one), str(away)},
    )
    assert (await labour.audited(listed.assignment_id or one))[-1] == "assignments.close"
    before = await labour.checksum()
    await run_close(site)
    assert await labour.checksum() == before


async def test_an_old_or_repeated_fact_winds_no_clock(labour: Harness, site: Site) -> None:
    await entered(site)
    await end_project(site, version=5)
    await end_project(site, version=5)
    await end_project(site, "archived", version=4)
    assert await waiting(site) == 1


async def test_a_project_that_goes_on_is_not_emptied(labour: Harness, site: Site) -> None:
    """The job looks at the project as it is when it runs."""
    await entered(site)
    before = await labour.checksum()
    await run_close(site)
    assert await labour.checksum() == before


async def test_swipes_of_the_last_day_count_though_they_come_late(gate: Gate) -> None:
    """The project ended yesterday; its gates send yesterday's swipes today, and one of today by mistake."""
    await end_project(gate.site)
    await run_close(gate.site, TODAY - timedelta(days=1))
    recorded = await gate.send(gate.swipe(1, "in", at(7)), gate.swipe(1, "out", at(16)), gate.swipe(1, "in", at(31)))
    assert (recorded.accepted, list(recorded.refused)) == (2, [2])
    assert list((await gate.counted()).values()) == ["1.00"]


async def test_entries_of_a_batch_are_told_once(labour: Harness, site: Site) -> None:
    """One fact for the call, ids and instants only; who is only assigned is not in it."""
    ids = await site.workers(worker_row(), worker_row())
    await assign(site, *ids)
    assert await told(labour, events.ENTERED, WorkersEntered, site) == []
    await assign(site, *ids, enter_at=NOON)
    await assign(site, *ids, enter_at=NOON)
    [fact] = await told(labour, events.ENTERED, WorkersEntered, site)
    assert sorted(one.worker_id for one in fact.workers) == sorted(map(str, ids))  # type: ignore[attr-defined]
