"""The gRPC door of projects, over a real socket."""

from __future__ import annotations

import pytest

from chassis.errors import InvalidArgument, NotFound, PermissionDenied
from chassis.ids import new_id
from project_mgmt.projects.states import Action
from tests.project_mgmt.conftest import Door, Site
from zhulian.common.v1.values_pb2 import Day
from zhulian.projects.v1.project_directory_pb2 import GetPartyRequest, GetProjectRequest


async def test_get_project(door: Door, site: Site) -> None:
    """The whole project as it is now."""
    await site.move(Action.ACTIVATE)
    answer = await door.ask("labour", "GetProject", GetProjectRequest(project_id=str(site.project_id)))
    assert (answer.project.state, answer.project.version, answer.project.city) == ("active", 2, "440300")
    roles = {party.role for party in answer.project.parties}
    assert roles == {"owner", "general_contractor", "supervisor", "supplier"}


@pytest.mark.parametrize("asker", ["procurement", "labour", "equipment-leasing"])
async def test_who_asks_for_parties(door: Door, site: Site, asker: str) -> None:
    """Every service whose writing depends on them."""
    request = GetPartyRequest(project_id=str(site.project_id), organisation_id=str(site.owner.id))
    assert list((await door.ask(asker, "GetParty", request)).roles) == ["owner"]


async def test_get_party(door: Door, site: Site) -> None:
    """Roles on a day (today when none is named); none for a stranger, and before the part began."""

    async def roles(organisation_id: object, on: str | None = None) -> list[str]:
        day = None if on is None else Day(date=on)
        request = GetPartyRequest(project_id=str(site.project_id), organisation_id=str(organisation_id), on=day)
        answer = await door.ask("labour", "GetParty", request)
        assert answer.project_state == "planned"
        return list(answer.roles)

    assert await roles(site.contractor.id) == ["general_contractor"]
    assert await roles(site.contractor.id, "2026-01-01") == ["general_contractor"]
    assert await roles(site.contractor.id, "2025-12-31") == []
    assert await roles(new_id()) == []


async def test_what_is_wrong(door: Door, site: Site) -> None:
    """Unknown projects, ids that are none, days that are none; refusals come back as they were raised."""
    with pytest.raises(NotFound) as unknown:
        await door.ask("labour", "GetProject", GetProjectRequest(project_id=str(new_id())))
    assert unknown.value.reason == "PROJECT_NOT_FOUND"
    with pytest.raises(InvalidArgument) as no_id:
        await door.ask("labour", "GetProject", GetProjectRequest(project_id="1"))
    assert [(fault.pointer, fault.code) for fault in no_id.value.violations] == [("/project_id", "UUID_INVALID")]
    for day in ("", "tomorrow", "2026-02-30", "20261123"):
        request = GetPartyRequest(project_id=str(site.project_id), organisation_id=str(new_id()), on=Day(date=day))
        with pytest.raises(InvalidArgument) as no_day:
            await door.ask("labour", "GetParty", request)
        assert no_day.value.violations[0].pointer == "/on/date"


@pytest.mark.parametrize(
    ("caller", "method"), [("gateway", "GetProject"), ("procurement", "GetProject"), ("gateway", "GetParty")]
)
async def test_who_may_not_ask(door: Door, site: Site, caller: str, method: str) -> None:
    """Each rpc names its callers; the gateway has no business here."""
    made = {"GetProject": GetProjectRequest, "GetParty": GetPartyRequest}[method]
    with pytest.raises(PermissionDenied):
        await door.ask(caller, method, made(project_id=str(site.project_id)))
