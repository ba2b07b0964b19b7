"""The REST door of break rules."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import Harness, key
from tests.labour.attendance.conftest import Gate

PATH = "/labour/v1/attendance/break-rules"

LUNCH = {"beyond_minutes": 360, "minutes": 60, "reason": "午休"}
BAD: list[tuple[dict[str, Any], str, str]] = [
    (LUNCH | {"valid_from": "2026-12-01", "beyond_minutes": 30}, "", "BREAK_TOO_LONG"),
    (
        {"valid_from": "2026-11-23", "beyond_minutes": 360, "minutes": 60, "reason": "午休"},
        "/valid_from",
        "NOT_IN_FUTURE",
    ),
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
