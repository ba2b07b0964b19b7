"""The REST door of team figures."""

from __future__ import annotations

from datetime import date

import pytest

from chassis.identity import Role
from tests.harness import Harness
from tests.labour.attendance.conftest import Gate, at
from tests.labour.evidence.conftest import FIRST, Months
from tests.labour.teams.conftest import join, team

PATH = "/labour/v1"


@pytest.mark.parametrize(("path", "period"), [("team-days", "day"), ("team-months", "month")])
async def test_figures_and_their_file(labour: Harness, gate: Gate, path: str, period: str) -> None:
    """A team by its name, nobody's team as null; as a file under Chinese headings; nothing for a stranger."""
    crew = await team(gate.site, name=f"木工班 {path}")
    await join(gate.site, crew, gate.workers[0], day=date(2026, 11, 22))
    swipes = [gate.swipe(worker, way, at(hour)) for worker in (0, 1) for way, hour in (("in", 8), ("out", 12.5))]
    await gate.send(*swipes)
    params = {"project_id": str(gate.site.project_id)}
    first = {"first_day": "2026-11-01", "last_day": "2026-11-30"}
    span = first if period == "day" else {"first_month": "2026-11", "last_month": "2026-11"}
    async with labour.client(gate.site.clerk, language="zh-CN") as client:
        unnamed = await client.get(f"{PATH}/attendance/{path}")
        own = (await client.get(f"{PATH}/attendance/{path}", params=params | span)).json()["items"]
        csv = (await client.get(f"{PATH}/attendance/{path}", params=params, headers={"Accept": "text/csv"})).text
        before = await client.get(
            f"{PATH}/attendance/{path}",
            params=params | ({"last_day": "2026-11-01"} if period == "day" else {"last_month": "2026-10"}),
        )
    async with labour.client(gate.site.stranger.as_(Role.LABOUR_CLERK)) as client:
        foreign = (await client.get(f"{PATH}/attendance/{path}", params=params)).json()["items"]
    assert "query:project_id" in [fault["pointer"] for fault in unnamed.json()["errors"]]
    shared = {"employer_id": str(gate.site.subcontractor.id), "attended": 1, "days": "0.50", "hours_on_site": "4.50"}
    shared |= {"day": "2026-11-22"} if period == "day" else {"month": "2026-11"}
    assert own == [
        shared | {"team_id": str(crew), "team_name": f"木工班 {path}", "members": 1},
        shared | {"team_id": None, "team_name": "", "members": 0},
    ]
    assert {"班组名称", "出勤人数", "在场工时"} <= set(csv.lstrip("\ufeff").splitlines()[0].split(","))
    assert (before.json()["items"], foreign) == ([], [])


async def test_evidence_by_team(labour: Harness, months: Months) -> None:
    crew = await team(months.site)
    await join(months.site, crew, months.gate.workers[0], day=FIRST)
    await months.worked(0, FIRST)
    await months.catch_up()
    asked = {"project_id": str(months.site.project_id), "month": "2026-11"}
    async with labour.client(months.site.engineer) as client:
        [row] = (await client.get(f"{PATH}/evidence/team-totals", params=asked)).json()["teams"]
        odd = await client.get(f"{PATH}/evidence/team-totals", params=asked | {"month": "2026-13"})
    assert (row["team_id"], row["complete"], row["with_gaps"]) == (str(crew), 0, 1)
    assert row["gaps"] == {"CONTRACT_MISSING": 1, "SHEET_MISSING": 1}
    assert odd.status_code == 422
