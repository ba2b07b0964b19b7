"""The REST door of geofences."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import Harness, key
from tests.labour.attendance.conftest import Gate

PATH = "/labour/v1/attendance/geofences"

BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"name": "区", "points": [{"lng": "0", "lat": "0"}]}, "/points", "POLYGON_POINTS"),
    (
        {"name": "区", "points": [{"lng": "0", "lat": "0"}, {"lng": "1", "lat": "1"}], "radius_m": "5"},
        "/points",
        "CIRCLE_POINTS",
    ),
    ({"name": "区", "points": [{"lng": "200", "lat": "0"}], "radius_m": "5"}, "/points/0/lng", "LESS_THAN_EQUAL"),
    ({"name": "区", "points": [{"lng": "0", "lat": "0"}], "radius_m": "0"}, "/radius_m", "OUT_OF_RANGE"),
]


@pytest.mark.parametrize(("body", "pointer", "code"), BAD, ids=[code for *_, code in BAD])
async def test_bad_input_points_at_the_fault(
    labour: Harness, gate: Gate, body: dict[str, Any], pointer: str, code: str
) -> None:
    before = await labour.checksum()
    body = {"project_id": str(gate.site.project_id)} | body
    async with labour.client(gate.site.engineer) as client:
        answer = await client.post(PATH, json=body, headers=key())
    assert answer.status_code == 422
    assert (pointer, code) in {(one["pointer"], one["code"]) for one in answer.json()["errors"]}, answer.text
    assert await labour.checksum() == before


async def test_drawn_listed_and_ended(labour: Harness, gate: Gate) -> None:
    body = {
        "project_id": str(gate.site.project_id),
        "name": "区",
        "points": [{"lng": "114.0579", "lat": "22.5431"}],
        "radius_m": "300",
    }
    async with labour.client(gate.site.engineer) as client:
        made = await client.post(PATH, json=body, headers=key())
        listed = await client.get(PATH, params={"project_id": str(gate.site.project_id)})
        stale = await client.post(f"{PATH}/{made.json()['id']}:end", headers=key() | {"If-Match": '"7"'})
        ended = await client.post(f"{PATH}/{made.json()['id']}:end", headers=key())
    assert (made.status_code, made.json()["points"], made.json()["radius_m"]) == (
        201,
        [{"lng": "114.057900", "lat": "22.543100"}],
        "300.000000",
    )
    assert listed.json()["items"] == [made.json()]
    assert (stale.status_code, ended.json()["version"]) == (412, 2)
