"""The list of filing objects: of a sheet, by stage, and of nobody else's people."""

from __future__ import annotations

from uuid import UUID

import pytest

from chassis.identity import Role
from tests.labour.authority import Desk
from tests.labour.filing_objects.conftest import PATH, by_kind, standing
from tests.labour.wages import Wages, failed, paid


@pytest.mark.parametrize(("stage", "count"), [("filed", 1), ("waiting", 0), ("refused", 1)])
async def test_a_sheet_shows_where_its_lines_stand(desk: Desk, stage: str, count: int) -> None:
    """Of three lines the bank pays two; of those the platform takes one and refuses the other."""
    wages = Wages(desk.site)
    workers = await wages.paid_by_day(3)
    await desk.team("木工班", *workers)
    sheet, _ = await wages.approved()
    payout, rows = await wages.sent(await wages.account("100000.00"))
    await wages.answer(payout, [paid(rows[0]), paid(rows[1]), failed(rows[2])])
    await desk.connect()
    await desk.collect()
    filed = await desk.rows(kind="payroll")
    async with desk.harness.sql() as sql:  # what a platform without decimals of ours would say to one of them
        await sql.execute("UPDATE payroll_lines SET days = 31.5 WHERE id::text = $1", filed[0]["object_key"])
    await desk.run()
    found = await standing(desk, payroll_id=sheet["id"])
    assert {one["object_key"] for one in found} == {row["object_key"] for row in filed}
    shown = await standing(desk, payroll_id=sheet["id"], stage=stage)
    assert len(shown) == count
    if stage == "refused":
        assert (shown[0]["reason_code"], shown[0]["mend_by"]) == ("-1", "employer")
        assert "出勤天数" in shown[0]["answer_text"]
        own = await by_kind(desk, UUID(shown[0]["worker_id"]))
        assert own["payroll"]["stage"] == "refused"


async def test_nobody_sees_another_organisations_objects(desk: Desk) -> None:
    await desk.connect()
    await desk.file()
    for stranger in (desk.site.stranger, desk.site.owner):
        async with desk.harness.client(stranger.as_(Role.ADMIN)) as client:
            answer = await client.get(PATH, params={"project_id": str(desk.site.project_id)})
        assert answer.status_code == 403 or answer.json()["items"] == []
    everything = await standing(desk, desk.site.contractor.as_(Role.ADMIN))
    own = await standing(desk)
    assert {one["employer_id"] for one in own} == {str(desk.site.subcontractor.id)}
    assert {one["employer_id"] for one in everything} > {str(desk.site.subcontractor.id)}
