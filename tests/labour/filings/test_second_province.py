"""The invented province goes through the same queue: other signature, verbs, transport, and an answer for each row."""

from __future__ import annotations

import pytest

from chassis.identity import Role
from tests.labour.authority import SECRET, Desk

AUTHORITY = "demo_province"


@pytest.fixture
def province(desk: Desk) -> Desk:
    """The desk, for the other platform."""
    desk.authority = AUTHORITY
    return desk


async def test_what_it_takes_is_filed_and_nothing_else(province: Desk) -> None:
    await province.connect()
    await province.file()
    await province.all_accepted()
    kinds = list(dict.fromkeys(row["kind"] for row in sorted(await province.rows(), key=lambda row: row["id"])))
    assert kinds == ["project", "company", "subcontractor", "team", "worker", "entry_exit"]
    verbs = [method for method, _ in (await province.simulator.seen(AUTHORITY))["calls"]]
    assert {"POST /token", "PUT /v2/worker"} <= set(verbs)


async def test_a_lost_answer_is_found_under_our_own_name(province: Desk) -> None:
    await province.connect()
    await province.simulator.control(AUTHORITY, faults=[{"fault": "drop_after", "method": "PUT /v2/worker"}])
    await province.file()
    await province.all_accepted()
    assert len(await province.effects("worker")) == 2


async def test_without_a_token_nothing_was_filed_so_it_is_simply_tried_again(province: Desk) -> None:
    await province.connect()
    await province.simulator.control(AUTHORITY, faults=[{"fault": "drop", "method": "POST /token"}])
    await province.file()
    await province.all_accepted()
    [project] = await province.rows(kind="project")
    assert [one[0] for one in await province.receipts(project["id"])] == ["away", "accepted"]


async def test_a_wrong_secret_bars_the_connection(province: Desk) -> None:
    await province.connect(secret=SECRET[::-1])
    await province.file()
    path = f"/labour/v1/authorities/connections/{province.connection_id}"
    async with province.harness.client(province.site.contractor.as_(Role.ADMIN)) as client:
        connection = (await client.get(path)).json()
    assert (connection["state"], connection["fault_code"]) == ("barred", "E_SIGN")


async def test_too_many_calls_wait(province: Desk) -> None:
    """What is one call too many is said to be so, waits, and goes through."""
    await province.simulator.control(AUTHORITY, calls_per_minute=3)
    await province.connect()
    await province.file()
    await province.all_accepted()
    said = [one[0] for row in await province.rows() for one in await province.receipts(row["id"])]
    assert "limited" in said
