"""The overview: three services asked at once, and what happens when one is not there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chassis.errors import Unavailable
from chassis.identity import Kind, Role
from chassis.ids import new_id
from chassis.rpc.client import Channel
from infra.programs import free_port
from project_mgmt.clients import Neighbours
from project_mgmt.clients.equipment import GrpcEquipmentDirectory
from project_mgmt.clients.labour import GrpcLabourDirectory
from project_mgmt.clients.procurement import GrpcProcurementDirectory
from tests.harness import Harness, organisation
from tests.project_mgmt.conftest import FakeEquipment, FakeLabour, FakeProcurement, OwnTokens, Site

Fakes = dict[str, FakeLabour | FakeProcurement | FakeEquipment]
PARTS = {"labour": "presence", "procurement": "orders", "equipment-leasing": "machines"}


def path(site: Site) -> str:
    """The overview of the site's project."""
    return f"/projects/v1/projects/{site.project_id}/overview"


@pytest.fixture
def neighbours(project_mgmt: Harness) -> Iterator[Fakes]:
    """Fresh neighbours for one test, by the service's name."""
    usual: Neighbours = project_mgmt.runtime.clients["neighbours"]
    labour, procurement, equipment = FakeLabour(), FakeProcurement(), FakeEquipment()
    project_mgmt.runtime.clients["neighbours"] = Neighbours(labour, procurement, equipment, wait=0.5)
    yield {"labour": labour, "procurement": procurement, "equipment-leasing": equipment}
    project_mgmt.runtime.clients["neighbours"] = usual


async def test_everything_on_one_page(project_mgmt: Harness, site: Site, neighbours: Fakes) -> None:
    """Own figures beside the three answers, each asked once about this project."""
    await site.set_budget(A="100.00")
    await site.commit(new_id(), A="40.00")
    async with project_mgmt.client(site.manager) as client:
        answer = await client.get(path(site))
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert (page["project"]["id"], page["budget"]["left"], page["missing"]) == (str(site.project_id), "60.00", [])
    assert (page["presence"]["on_site"], page["presence"]["employers"][0]["assigned"]) == (2, 3)
    assert page["orders"] == {
        "counts": {"approved": 1},
        "ordered": "500.00",
        "accepted": "480.00",
        "currency": "CNY",
    }
    [crane] = page["machines"]
    assert (crane["clear"], crane["bans"]) == (False, ["INSPECTION_EXPIRED"])
    assert [fake.asked for fake in neighbours.values()] == [[site.project_id]] * 3


@pytest.mark.parametrize("service", PARTS)
@pytest.mark.parametrize("how", ["away", "silent"])
async def test_without_one_the_rest_answers(
    project_mgmt: Harness, site: Site, neighbours: Fakes, service: str, how: str
) -> None:
    """The missing one is named with a code; the answer comes in time."""
    prefix = service.upper().replace("-", "_")
    if how == "away":
        neighbours[service].trouble = Unavailable(f"{prefix}_UNAVAILABLE", zh="不可用", en="away")
    else:
        neighbours[service].delay = 30
    code = f"{prefix}_UNAVAILABLE" if how == "away" else f"{prefix}_DEADLINE_EXCEEDED"
    began = time.monotonic()
    async with project_mgmt.client(site.manager) as client:
        answer = await client.get(path(site))
    assert answer.status_code == 200
    assert answer.json()["missing"] == [{"service": service, "code": code}]
    assert {part: answer.json()[part] is None for part in PARTS.values()} == {
        part: name == service for name, part in PARTS.items()
    }
    assert answer.json()["budget"] is None
    assert time.monotonic() - began < 3


async def test_they_are_asked_at_the_same_time(project_mgmt: Harness, site: Site, neighbours: Fakes) -> None:
    """Three answers of 0.4 s each come within the common half second."""
    for fake in neighbours.values():
        fake.delay = 0.4
    async with project_mgmt.client(site.manager) as client:
        answer = await client.get(path(site))
    assert answer.json()["missing"] == []


async def test_nobody_is_there(project_mgmt: Harness, site: Site) -> None:
    """The real clients, with nobody listening: all three are named, the own figures stand, in time."""
    channels = [Channel(f"127.0.0.1:{free_port()}", OwnTokens(project_mgmt, "project-mgmt"), name) for name in PARTS]
    usual: Neighbours = project_mgmt.runtime.clients["neighbours"]
    project_mgmt.runtime.clients["neighbours"] = replace(
        usual,
        labour=GrpcLabourDirectory(channels[0]),
        procurement=GrpcProcurementDirectory(channels[1]),
        equipment=GrpcEquipmentDirectory(channels[2]),
        wait=1.5,
    )
    began = time.monotonic()
    try:
        async with project_mgmt.client(site.manager) as client:
            answer = await client.get(path(site))
    finally:
        project_mgmt.runtime.clients["neighbours"] = usual
        await asyncio.gather(*(channel.close() for channel in channels))
    assert answer.status_code == 200
    assert [one["service"] for one in answer.json()["missing"]] == ["equipment-leasing", "labour", "procurement"]
    assert time.monotonic() - began < 4


async def test_who_sees_it(project_mgmt: Harness, site: Site, neighbours: Fakes) -> None:
    """It shows money, so suppliers and strangers do not; nobody is asked on their behalf."""
    for principal, status in (
        (site.owner.as_(Role.PROJECT_MANAGER), 200),
        (organisation(Kind.AUTHORITY).as_(Role.VIEWER), 200),
        (site.supplier.as_(Role.VIEWER), 404),
        (organisation(Kind.CONTRACTOR).as_(Role.PROJECT_MANAGER), 404),
        (site.contractor.as_(Role.GATE_DEVICE), 403),
        (None, 401),
    ):
        async with project_mgmt.client(principal) as client:
            assert (await client.get(path(site))).status_code == status
    assert [len(fake.asked) for fake in neighbours.values()] == [2, 2, 2]
