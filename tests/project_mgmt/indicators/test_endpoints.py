"""The REST door of indicators."""

from __future__ import annotations

import pytest

from chassis.errors import PermissionDenied
from chassis.identity import Kind, Role
from chassis.ids import new_id
from project_mgmt.indicators import service
from tests.harness import Harness, organisation
from tests.project_mgmt.conftest import Site
from tests.project_mgmt.indicators.conftest import attendance, delivery, hours, send


def path(site: Site, what: str = "") -> str:
    """A route of the site's project."""
    return f"/projects/v1/projects/{site.project_id}/indicators{what}"


@pytest.fixture
async def told(project_mgmt: Harness, site: Site) -> Site:
    """A site of which facts have come."""
    await send(
        project_mgmt,
        [
            delivery(site.project_id, "2026-11-20", A="100.00", B="5.50"),
            delivery(site.project_id, "2026-11-22", A="-20.00"),
            attendance(site.project_id, new_id(), d20="12.50", d22="1"),
            attendance(site.project_id, new_id(), d20="2.00"),
            hours(site.project_id, new_id(), d22="7.25"),
        ],
    )
    return site


async def test_by_day(project_mgmt: Harness, told: Site) -> None:
    """Summed by day and measure, in pages, within a range."""
    async with project_mgmt.client(told.manager) as client:
        seen, token = [], ""
        while True:
            answer = await client.get(path(told, "/days"), params={"page_size": 2, "page_token": token})
            seen += answer.json()["items"]
            token = answer.json()["next_page_token"]
            if not token:
                break
        ranged = await client.get(path(told, "/days"), params={"day_from": "2026-11-21", "measure": "labour_days"})
    assert [(item["day"], item["measure"], item["unit"], item["value"]) for item in seen] == [
        ("2026-11-20", "accepted_cost", "CNY", "105.50"),
        ("2026-11-20", "labour_days", "d", "14.50"),
        ("2026-11-22", "accepted_cost", "CNY", "-20.00"),
        ("2026-11-22", "labour_days", "d", "1.00"),
        ("2026-11-22", "machine_hours", "h", "7.25"),
    ]
    assert [(item["day"], item["value"]) for item in ranged.json()["items"]] == [("2026-11-22", "1.00")]


async def test_by_detail(project_mgmt: Harness, told: Site) -> None:
    """One cost code's days."""
    async with project_mgmt.client(told.manager) as client:
        answer = await client.get(path(told), params={"detail": "A"})
        all_ = await client.get(path(told), params={"page_size": 3})
        rest = await client.get(path(told), params={"page_size": 5, "page_token": all_.json()["next_page_token"]})
    assert [(item["day"], item["detail"], item["value"]) for item in answer.json()["items"]] == [
        ("2026-11-20", "A", "100.00"),
        ("2026-11-22", "A", "-20.00"),
    ]
    assert len(all_.json()["items"] + rest.json()["items"]) == 7
    assert rest.json()["next_page_token"] == ""


async def test_totals(project_mgmt: Harness, told: Site) -> None:
    """Over all days, and over some."""
    async with project_mgmt.client(told.owner.as_(Role.VIEWER)) as client:
        all_ = (await client.get(path(told, "/totals"))).json()
        some = (await client.get(path(told, "/totals"), params={"day_to": "2026-11-21"})).json()
    assert all_["totals"] == [
        {"measure": "accepted_cost", "unit": "CNY", "value": "85.50"},
        {"measure": "labour_days", "unit": "d", "value": "15.50"},
        {"measure": "machine_hours", "unit": "h", "value": "7.25"},
    ]
    assert [total["value"] for total in some["totals"]] == ["105.50", "14.50"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"day_from": "2026-11-23", "day_to": "2026-11-22"}, "DATES_BACKWARDS"),
        ({"day_from": "yesterday"}, "DATE_FROM_DATETIME_PARSING"),
        ({"measure": "noise"}, "ENUM"),
        ({"colour": "red"}, "EXTRA_FORBIDDEN"),
    ],
)
async def test_bad_questions(project_mgmt: Harness, site: Site, query: dict[str, str], code: str) -> None:
    """A clear problem."""
    async with project_mgmt.client(site.manager) as client:
        for what in ("", "/days", "/totals"):
            answer = await client.get(path(site, what), params=query)
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


async def test_who_sees_them(project_mgmt: Harness, told: Site) -> None:
    """Who steers the project, and the authority; not its suppliers, and nobody adds by hand."""
    cases = [
        (told.supervisor.as_(Role.SITE_ENGINEER), 200),
        (organisation(Kind.AUTHORITY).as_(Role.VIEWER), 200),
        (told.supplier.as_(Role.VIEWER), 404),
        (organisation(Kind.CONTRACTOR).as_(Role.VIEWER), 404),
        (told.contractor.as_(Role.GATE_DEVICE), 403),
        (None, 401),
    ]
    for principal, status in cases:
        async with project_mgmt.client(principal) as client:
            for what in ("", "/days", "/totals"):
                assert (await client.get(path(told, what))).status_code == status
    before = await project_mgmt.checksum()
    with pytest.raises(PermissionDenied):
        async with project_mgmt.work(told.manager) as work:
            await service.add(work, [])
    assert await project_mgmt.checksum() == before
