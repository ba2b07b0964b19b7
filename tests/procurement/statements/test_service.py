"""Use cases of statements: which pieces stand on which, and what they add up to."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from uuid import UUID

import pytest

from chassis.errors import Aborted
from procurement.statements import service
from procurement.statements.service import AgreeLines, ChangeLines, Figures, Verb
from tests.harness import Harness
from tests.procurement.conftest import Orders, Site
from tests.procurement.settling import Desk, figures


async def test_a_stale_version_is_refused(desk: Desk) -> None:
    """For every verb."""
    await desk.accepted("98")
    shown = await desk.proposed()
    statement_id, line_id = UUID(shown["id"]), UUID(shown["lines"][0]["id"])
    change = ChangeLines(statement_id, 1, (Figures(line_id, Decimal(1), Decimal(1), "late"),))
    before = await desk.harness.checksum()
    async with desk.harness.work(desk.sales) as work:
        for calling in (
            service.propose(work, Verb(statement_id, 1)),
            service.withdraw(work, Verb(statement_id, 1, "late")),
            service.agree(work, AgreeLines(statement_id, 1, (line_id,))),
            service.dispute(work, change),
            service.correct(work, change),
        ):
            with pytest.raises(Aborted):
                await calling
    with pytest.raises(Aborted):
        async with desk.harness.work(desk.buyer) as work:
            await service.close(work, Verb(statement_id, 1))
    assert await desk.harness.checksum() == before


async def test_what_came_and_went_before_the_statement_is_not_on_it(desk: Desk) -> None:
    delivery = await desk.accepted("10")
    await desk.send_back(delivery, "10")
    answer = await desk.post(desk.sales, "/statements", desk.statement())
    assert answer.json()["code"] == "NOTHING_TO_STATE"


async def test_what_a_correction_leaves_out_comes_again(desk: Desk) -> None:
    """Until the site books it: records and papers have to say the same in the end."""
    delivery = await desk.accepted("98")
    shown = await desk.proposed()
    await desk.done(desk.buyer, f"/statements/{shown['id']}:correct", figures(shown["lines"][0], "96"))
    again = await desk.done(desk.sales, "/statements", desk.statement())
    assert again["lines"][0]["recorded"] == "2.000000"
    await desk.done(desk.sales, f"/statements/{again['id']}:withdraw", {"reason": "they went back"})
    await desk.send_back(delivery, "2")
    answer = await desk.post(desk.sales, "/statements", desk.statement())
    assert answer.json()["code"] == "NOTHING_TO_STATE"


async def test_a_withdrawn_statement_gives_its_pieces_back(desk: Desk) -> None:
    await desk.accepted("98")
    shown = await desk.proposed()
    await desk.done(desk.sales, f"/statements/{shown['id']}:withdraw", {"reason": "too early"})
    again = await desk.done(desk.buyer, "/statements", desk.statement())
    assert (again["drafted_by"], again["total"]) == ("buyer", "387100.00")


async def test_sums_of_lines_to_the_cent(procurement: Harness, orders: Orders, site: Site) -> None:
    """Each line is rounded half up, and the total is the sum of what is printed, not a rounded product."""
    desk = await Desk.open(procurement, orders, site, unit_price="0.333333", quantity="100")
    await desk.accepted("1.5", "1.5", "4.5")
    drafted = await desk.done(desk.sales, "/statements", desk.statement())
    amounts = [line["amount"] for line in drafted["lines"]]
    assert amounts == ["0.50", "0.50", "1.50"]
    odd = await Desk.open(procurement, orders, site, unit_price="0.005", quantity="100")
    await odd.accepted("1", "3", "5")
    drafted = await odd.done(odd.sales, "/statements", odd.statement())
    assert [line["amount"] for line in drafted["lines"]] == ["0.01", "0.02", "0.03"]
    assert drafted["total"] == "0.06"
    assert Decimal("0.005") * 9 != Decimal(drafted["total"])


async def test_ten_drafts_at_once_take_each_piece_once(desk: Desk) -> None:
    await desk.accepted("98", "12.5")
    askers = [desk.sales, desk.buyer] * 5
    answers = await asyncio.gather(*(desk.post(who, "/statements", desk.statement()) for who in askers))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    codes = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert codes <= {"PIECES_TAKEN", "NOTHING_TO_STATE"}
