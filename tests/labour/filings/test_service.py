"""Filing with the national platform: order, receipts, refusals, and what happens when an answer does not come."""

from __future__ import annotations

from tests.labour.authority import Desk


async def test_everything_on_record_is_filed_in_the_order_of_dependence(desk: Desk) -> None:
    await desk.connect()
    await desk.file()
    await desk.all_accepted()
    answered = sorted(await desk.rows(), key=lambda row: (row["answered_at"], row["id"]))
    order = list(dict.fromkeys(row["kind"] for row in answered))
    assert order == ["project", "company", "subcontractor", "team", "worker", "contract", "training", "entry_exit"]
    assert len(await desk.effects("worker")) == 2
