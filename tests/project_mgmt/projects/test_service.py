"""Use cases of projects on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from uuid import UUID

import pytest

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, PermissionDenied
from chassis.identity import Kind, Role, service_principal
from chassis.ids import new_id
from chassis.work import Work
from project_mgmt.projects import codes, service
from project_mgmt.projects.events import CHANGED
from project_mgmt.projects.models import Project
from project_mgmt.projects.service import AddParty, EndParty, MoveProject, UpdateProject
from project_mgmt.projects.states import Action, State
from tests.harness import Harness, Organisation, organisation
from tests.project_mgmt.conftest import Site, part, registration
from zhulian.projects.v1.events_pb2 import ProjectChanged

TODAY = date(2026, 11, 23)


async def test_registering_tells_everything(project_mgmt: Harness, site: Site) -> None:
    """Rows, fact and audit are one; the fact carries the whole project."""
    project = await site.project()
    assert (project.state, project.version) == (State.PLANNED, 1)
    [fact] = await project_mgmt.events(CHANGED, site.project_id, ProjectChanged)
    assert (fact.change, fact.project.version, fact.project.state) == ("registered", 1, "planned")
    assert fact.project.organisation_id == str(site.contractor.id)
    assert (fact.project.city, fact.project.district, fact.project.risk_class) == ("440300", "pingshan", "normal")
    told = {
        (party.organisation_id, party.role, party.valid_from.date, party.valid_to.date)
        for party in fact.project.parties
    }
    assert (str(site.owner.id), "owner", "2026-01-01", "") in told
    assert len(told) == 4
    assert await project_mgmt.audited(site.project_id) == ["projects.register"]


async def test_a_code_is_used_once_by_an_organisation(project_mgmt: Harness, site: Site) -> None:
    """Another organisation may have the same."""
    code = (await site.project()).code
    before = await project_mgmt.checksum()
    with pytest.raises(AlreadyExists) as refusal:
        async with project_mgmt.work(site.manager) as work:
            await service.register(work, registration(code=code))
    assert refusal.value.reason == "PROJECT_CODE_TAKEN"
    assert await project_mgmt.checksum() == before
    async with project_mgmt.work(organisation(Kind.OWNER).as_(Role.PROJECT_MANAGER)) as work:
        await service.register(work, registration(code=code))


async def test_the_life_with_a_fact_for_each_change(project_mgmt: Harness, site: Site) -> None:
    """Dates come from the clock; the reason of a stop goes with the stop; versions grow by one."""
    suspended = await site.move(Action.ACTIVATE, Action.SUSPEND)
    assert (suspended.started_on, suspended.suspension_reason) == (TODAY, "台风")
    archived = await site.move(Action.RESUME, Action.COMPLETE, Action.ARCHIVE)
    assert (archived.state, archived.completed_on) == (State.ARCHIVED, TODAY)
    facts = await project_mgmt.events(CHANGED, site.project_id, ProjectChanged)
    assert [fact.change for fact in facts] == [
        "registered",
        "activated",
        "suspended",
        "resumed",
        "completed",
        "archived",
    ]
    assert [fact.project.version for fact in facts] == [1, 2, 3, 4, 5, 6]
    assert [fact.project.state for fact in facts[1:]] == ["active", "suspended", "active", "completed", "archived"]
    assert await project_mgmt.audited(site.project_id) == [
        "projects.register",
        "projects.activate",
        "projects.suspend",
        "projects.resume",
        "projects.complete",
        "projects.archive",
    ]


@pytest.mark.parametrize("role", ["owner", "general_contractor"])
async def test_no_construction_without_owner_and_contractor(project_mgmt: Harness, role: str) -> None:
    """Nor with one whose part is over."""
    contractor, owner = organisation(Kind.CONTRACTOR), organisation(Kind.OWNER)
    held = {"owner": part(owner, "owner"), "general_contractor": part(contractor, "general_contractor")}
    held[role] = part(owner, role, valid_to=TODAY - timedelta(days=1))
    manager = contractor.as_(Role.PROJECT_MANAGER)
    async with project_mgmt.work(manager) as work:
        project = await service.register(work, registration(*held.values()))
    before = await project_mgmt.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        async with project_mgmt.work(manager) as work:
            await service.move(work, MoveProject(project.id, Action.ACTIVATE, None))
    assert refusal.value.reason == "PARTIES_MISSING"
    assert refusal.value.metadata["roles"] == role
    assert await project_mgmt.checksum() == before


async def test_parties_come_and_go(project_mgmt: Harness, site: Site) -> None:
    """Each change is a fact with all parties; the same role on the same days is refused."""
    labour = organisation(Kind.LABOUR_SUBCONTRACTOR)
    new = part(labour, "labour_subcontractor", valid_from=TODAY)
    async with project_mgmt.work(site.manager) as work:
        project = await service.add_party(work, AddParty(site.project_id, None, new))
    [added] = [party for party in project.parties if party.organisation_id == labour.id]
    with pytest.raises(AlreadyExists) as refusal:
        async with project_mgmt.work(site.manager) as work:
            await service.add_party(work, AddParty(site.project_id, None, new))
    assert refusal.value.reason == "PARTY_DOUBLED"
    async with project_mgmt.work(site.manager) as work:
        ended = await service.end_party(work, EndParty(site.project_id, 2, added.id, TODAY))
    assert ended.version == 3
    facts = await project_mgmt.events(CHANGED, site.project_id, ProjectChanged)
    assert [fact.change for fact in facts] == ["registered", "party-added", "party-ended"]
    assert len(facts[1].project.parties) == 5
    assert facts[2].project.parties[4].valid_to.date == "2026-11-23"
    # The day after, the same organisation may come back in the same role.
    again = part(labour, "labour_subcontractor", valid_from=TODAY + timedelta(days=1))
    async with project_mgmt.work(site.manager) as work:
        assert len((await service.add_party(work, AddParty(site.project_id, 3, again))).parties) == 6


async def test_parties_are_bounded(project_mgmt: Harness, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The snapshot travels as one message."""
    monkeypatch.setattr(service, "MAX_PARTIES", 5)
    async with project_mgmt.work(site.manager) as work:
        await service.add_party(work, AddParty(site.project_id, None, part(organisation(), "survey")))
    before = await project_mgmt.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        async with project_mgmt.work(site.manager) as work:
            await service.add_party(work, AddParty(site.project_id, None, part(organisation(), "design")))
    assert (refusal.value.reason, refusal.value.metadata["limit"]) == ("TOO_MANY_PARTIES", "5")
    assert await project_mgmt.checksum() == before


async def _end(site: Site, party_id: UUID, day: date) -> None:
    async with site.harness.work(site.manager) as work:
        await service.end_party(work, EndParty(site.project_id, None, party_id, day))


async def test_how_a_party_may_not_end(project_mgmt: Harness, site: Site) -> None:
    """Before it began, twice, an unknown one, or the owner under construction."""
    parties = {party.role: party.id for party in (await site.project()).parties}
    with pytest.raises(InvalidArgument):
        await _end(site, parties["supplier"], date(2025, 12, 31))
    await _end(site, parties["supplier"], TODAY - timedelta(days=1))
    with pytest.raises(FailedPrecondition) as refusal:
        await _end(site, parties["supplier"], TODAY)
    assert refusal.value.reason == "PARTY_ENDED"
    with pytest.raises(NotFound):
        await _end(site, new_id(), TODAY)
    await site.move(Action.ACTIVATE)
    before = await project_mgmt.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        await _end(site, parties["owner"], TODAY + timedelta(days=30))
    assert refusal.value.reason == "PARTIES_MISSING"
    assert await project_mgmt.checksum() == before
    successor = part(organisation(Kind.OWNER), "owner", valid_from=TODAY + timedelta(days=31))
    async with project_mgmt.work(site.manager) as work:
        await service.add_party(work, AddParty(site.project_id, None, successor))
    await _end(site, parties["owner"], TODAY + timedelta(days=30))


async def test_a_change_is_checked_as_a_whole(project_mgmt: Harness, site: Site) -> None:
    """One date alone may contradict what stands; a stale version is refused."""
    before = await project_mgmt.checksum()
    for version, changes, refused in (
        (1, {"planned_finish": date(2026, 11, 1)}, InvalidArgument),
        (7, {"name_zh": "新校区"}, Aborted),
    ):
        with pytest.raises(refused):
            async with project_mgmt.work(site.manager) as work:
                await service.update(work, UpdateProject(site.project_id, version, changes))
    assert await project_mgmt.checksum() == before
    async with project_mgmt.work(site.manager) as work:
        project = await service.update(work, UpdateProject(site.project_id, 1, {"name_zh": "新校区"}))
    assert (project.name_zh, project.version) == ("新校区", 2)
    before = await project_mgmt.checksum()
    async with project_mgmt.work(site.manager) as work:
        same = await service.update(work, UpdateProject(site.project_id, 2, {"name_zh": "新校区"}))
    assert same.version == 2
    assert await project_mgmt.checksum() == before


async def test_a_district_belongs_to_its_city(
    project_mgmt: Harness, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the table has a second city, moving there takes the district along."""
    monkeypatch.setattr(codes, "CITIES", {**codes.CITIES, "440100": frozenset({"tianhe"})})
    before = await project_mgmt.checksum()
    with pytest.raises(InvalidArgument) as refusal:
        async with project_mgmt.work(site.manager) as work:
            await service.update(work, UpdateProject(site.project_id, 1, {"city": "440100"}))
    assert [fault.code for fault in refusal.value.violations] == ["DISTRICT_OF_OTHER_CITY"]
    assert await project_mgmt.checksum() == before
    async with project_mgmt.work(site.manager) as work:
        moved = await service.update(work, UpdateProject(site.project_id, 1, {"city": "440100", "district": "tianhe"}))
    assert (moved.city, moved.district) == ("440100", "tianhe")


async def test_a_completed_project_stands(project_mgmt: Harness, site: Site) -> None:
    """Fields and parties no longer change; the refusal names the state."""
    await site.move(Action.ACTIVATE, Action.COMPLETE)
    party = (await site.project()).parties[0]
    before = await project_mgmt.checksum()
    attempts: list[Callable[[Work], Awaitable[Project]]] = [
        lambda work: service.update(work, UpdateProject(site.project_id, None, {"name_zh": "x"})),
        lambda work: service.add_party(work, AddParty(site.project_id, None, part(organisation(), "design"))),
        lambda work: service.end_party(work, EndParty(site.project_id, None, party.id, TODAY)),
    ]
    for attempt in attempts:
        with pytest.raises(FailedPrecondition) as refusal:
            async with project_mgmt.work(site.manager) as work:
                await attempt(work)
        assert refusal.value.reason == "PROJECT_CLOSED"
        assert refusal.value.metadata["state"] == "completed"
    assert await project_mgmt.checksum() == before


async def test_who_sees_a_project(project_mgmt: Harness, site: Site) -> None:
    """Its parties, past ones too, the authority, the registering organisation; nobody else, nor one to come."""
    coming, gone = organisation(Kind.SUPPLIER), organisation(Kind.SUPPLIER)
    for who, valid in (
        (coming, {"valid_from": TODAY + timedelta(days=1)}),
        (gone, {"valid_to": TODAY - timedelta(days=1)}),
    ):
        async with project_mgmt.work(site.manager) as work:
            await service.add_party(work, AddParty(site.project_id, None, part(who, "supplier", **valid)))

    async def sees(who: Organisation) -> bool:
        try:
            async with project_mgmt.work(who.as_(Role.VIEWER)) as work:
                await service.get(work, site.project_id)
        except NotFound:
            return False
        return True

    seeing = (site.contractor, site.owner, site.supervisor, site.supplier, gone, organisation(Kind.AUTHORITY))
    assert [await sees(who) for who in seeing] == [True] * 6
    blind = (coming, organisation(Kind.CONTRACTOR), organisation(Kind.OPERATOR))
    assert [await sees(who) for who in blind] == [False] * 3


async def test_who_may_change_a_project(project_mgmt: Harness, site: Site) -> None:
    """The registering organisation and the present general contractor; other parties may only read."""
    owner_side = organisation(Kind.OWNER)
    async with project_mgmt.work(owner_side.as_(Role.PROJECT_MANAGER)) as work:
        project = await service.register(
            work, registration(part(site.contractor, "general_contractor"), part(site.owner, "owner"))
        )
    change = UpdateProject(project.id, None, {"name_zh": "改"})
    async with project_mgmt.work(site.manager) as work:
        await service.update(work, change)
    before = await project_mgmt.checksum()
    with pytest.raises(PermissionDenied) as refusal:
        async with project_mgmt.work(site.owner.as_(Role.PROJECT_MANAGER)) as work:
            await service.update(work, change)
    assert refusal.value.reason == "PROJECT_READ_ONLY"
    with pytest.raises(PermissionDenied) as refusal:
        async with project_mgmt.work(owner_side.as_(Role.VIEWER)) as work:
            await service.update(work, change)
    assert refusal.value.reason == "ROLE_MISSING"
    with pytest.raises(NotFound):
        async with project_mgmt.work(organisation(Kind.CONTRACTOR).as_(Role.PROJECT_MANAGER)) as work:
            await service.update(work, change)
    assert await project_mgmt.checksum() == before


async def test_standing_for_another_service(project_mgmt: Harness, site: Site) -> None:
    """Roles on a day; none for a stranger."""
    async with project_mgmt.work(service_principal("labour")) as work:
        assert (await service.standing(work, site.project_id, site.contractor.id, TODAY)).roles == [
            "general_contractor"
        ]
        assert (await service.standing(work, site.project_id, site.contractor.id, date(2025, 1, 1))).roles == []
        stranger = await service.standing(work, site.project_id, new_id(), TODAY)
    assert (list(stranger.roles), stranger.state) == ([], State.PLANNED)
