"""Statements through the REST door: drawn up, talked over, agreed."""

from __future__ import annotations

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.harness import organisation
from tests.procurement.settling import Desk, figures


async def test_what_was_accepted_stands_on_one_statement(desk: Desk) -> None:
    """At the order's prices, with the sum of the lines; there is nothing left for a second one, by either side."""
    await desk.accepted("98", "12.5")
    drafted = await desk.done(desk.sales, "/statements", desk.statement())
    assert drafted["state"] == "draft"
    assert drafted["period"] == "2026-11"
    assert [(line["quantity"], line["amount"]) for line in drafted["lines"]] == [
        ("98.000000", "387100.00"),
        ("12.500000", "49375.00"),
    ]
    assert drafted["total"] == "436475.00"
    again = await desk.post(desk.buyer, "/statements", desk.statement())
    assert (again.status_code, again.json()["code"]) == (409, "NOTHING_TO_STATE")
    assert await desk.harness.audited(drafted["id"]) == ["statements.draft"]


async def test_return_after_statement_is_a_negative_line_on_the_next(desk: Desk) -> None:
    delivery = await desk.accepted("98")
    await desk.proposed()
    await desk.send_back(delivery, "2.5")
    following = await desk.done(desk.buyer, "/statements", desk.statement())
    [line] = following["lines"]
    assert (line["recorded"], line["amount"], following["total"]) == ("-2.500000", "-9875.00", "-9875.00")
    await desk.send_back(delivery, "0.5")
    [line] = (await desk.done(desk.buyer, "/statements", desk.statement()))["lines"]
    assert line["recorded"] == "-0.500000"


async def test_an_acceptance_after_the_month_waits(desk: Desk) -> None:
    """It happened in November: October's statement does not have it, and December's cannot be drawn up yet."""
    await desk.accepted("10")
    october = await desk.post(desk.sales, "/statements", desk.statement(period="2026-10"))
    december = await desk.post(desk.sales, "/statements", desk.statement(period="2026-12"))
    assert october.json()["code"] == "NOTHING_TO_STATE"
    assert december.json()["errors"][0]["code"] == "PERIOD_NOT_BEGUN"


async def test_disputes_do_not_stop_the_rest(desk: Desk) -> None:
    """The buyer agrees to one line and disputes the other; the supplier grants the figures, and all is agreed."""
    await desk.accepted("98", "12.5")
    shown = await desk.proposed()
    assert (shown["state"], [line["supplier_view"] for line in shown["lines"]]) == ("proposed", ["agreed"] * 2)
    path = f"/statements/{shown['id']}"
    disputed = await desk.done(desk.buyer, f"{path}:dispute", figures(shown["lines"][0], "96"))
    assert (disputed["state"], disputed["lines"][0]["buyer_view"]) == ("proposed", "disputed")
    partly = await desk.agreed(shown, 1)
    assert (partly["state"], [line["settled"] for line in partly["lines"]]) == ("partly_agreed", [False, True])
    granted = await desk.done(desk.sales, f"{path}:correct", figures(shown["lines"][0], "96", reason="granted"))
    assert (granted["state"], granted["total"]) == ("agreed", "428575.00")
    closed = await desk.done(desk.buyer, f"{path}:close")
    assert closed["state"] == "closed"
    assert (await desk.harness.audited(shown["id"]))[-3:] == [
        "statements.agree",
        "statements.correct",
        "statements.close",
    ]


async def test_other_figures_than_claimed_need_the_other_side_again(desk: Desk) -> None:
    await desk.accepted("98")
    shown = await desk.proposed()
    path = f"/statements/{shown['id']}"
    await desk.done(desk.buyer, f"{path}:dispute", figures(shown["lines"][0], "96"))
    met = await desk.done(desk.sales, f"{path}:correct", figures(shown["lines"][0], "97"))
    [line] = met["lines"]
    assert (line["supplier_view"], line["buyer_view"], met["state"]) == ("agreed", "open", "proposed")
    assert (await desk.agreed(shown, 0))["state"] == "agreed"


async def test_who_disputed_may_agree_after_all(desk: Desk) -> None:
    await desk.accepted("98")
    shown = await desk.proposed()
    await desk.done(desk.buyer, f"/statements/{shown['id']}:dispute", figures(shown["lines"][0], "96"))
    agreed = await desk.agreed(shown, 0)
    assert (agreed["state"], agreed["lines"][0]["claimed_quantity"]) == ("agreed", None)
    assert agreed["lines"][0]["quantity"] == "98.000000"


async def test_an_agreed_line_stays(desk: Desk) -> None:
    await desk.accepted("98", "12.5")
    shown = await desk.proposed()
    await desk.agreed(shown, 0)
    before = await desk.harness.checksum()
    for verb in ("dispute", "correct"):
        answer = await desk.post(desk.sales, f"/statements/{shown['id']}:{verb}", figures(shown["lines"][0], "1"))
        assert (answer.status_code, answer.json()["code"]) == (409, "LINE_SETTLED")
    withdrawn = await desk.post(desk.sales, f"/statements/{shown['id']}:withdraw", {"reason": "late"})
    assert withdrawn.json()["code"] == "INVALID_STATE"
    assert await desk.harness.checksum() == before


async def test_lists_page_and_filter(desk: Desk) -> None:
    delivery = await desk.accepted("98")
    first = await desk.proposed()
    await desk.send_back(delivery, "1")
    second = await desk.done(desk.buyer, "/statements", desk.statement())
    page = (await desk.get(desk.sales, "/statements", page_size="1")).json()
    rest = (await desk.get(desk.sales, "/statements", page_size="1", page_token=page["next_page_token"])).json()
    assert [page["items"][0]["id"], rest["items"][0]["id"]] == [second["id"], first["id"]]
    drafts = (await desk.get(desk.buyer, "/statements", state="draft", period="2026-11")).json()["items"]
    assert [one["id"] for one in drafts] == [second["id"]]


async def test_who_may_do_what(desk: Desk) -> None:
    """Only who drew it up proposes and withdraws, only the buyer closes; strangers see nothing; nothing changes."""
    await desk.accepted("98")
    drafted = await desk.done(desk.sales, "/statements", desk.statement())
    path = f"/statements/{drafted['id']}"
    before = await desk.harness.checksum()
    for who, verb, content, code in [
        (desk.buyer, "propose", None, "OTHER_SIDE"),
        (desk.buyer, "withdraw", {"reason": "no"}, "OTHER_SIDE"),
        (desk.sales, "close", None, "OTHER_SIDE"),
        (desk.site.contractor.as_(Role.SITE_ENGINEER), "propose", None, "ROLE_MISSING"),
        (desk.site.supplier.as_(Role.VIEWER), "propose", None, "ROLE_MISSING"),
    ]:
        answer = await desk.post(who, f"{path}:{verb}", content)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    for stranger in (organisation(Kind.SUPPLIER).as_(Role.SALES), organisation(Kind.CONTRACTOR).as_(Role.BUYER)):
        assert (await desk.get(stranger, path)).status_code == 404
        assert (await desk.get(stranger, "/statements")).json()["items"] == []
        assert (await desk.post(stranger, f"{path}:close")).status_code == 404
        outside = await desk.post(stranger, "/statements", desk.statement())
        assert outside.json()["errors"][0]["code"] == "NOT_A_PARTY"
    assert await desk.harness.checksum() == before


BAD: list[tuple[str, dict[str, str], str]] = [
    ("month", {"period": "2026-13"}, "/period"),
    ("day", {"period": "2026-11-01"}, "/period"),
    ("currency", {"currency": "yuan"}, "/currency"),
    ("unknown", {"total": "1.00"}, "/total"),
    ("id", {"buyer_id": "me"}, "/buyer_id"),
]


@pytest.mark.parametrize(("name", "change", "pointer"), BAD, ids=[case[0] for case in BAD])
async def test_bad_drafts_change_nothing(desk: Desk, name: str, change: dict[str, str], pointer: str) -> None:
    before = await desk.harness.checksum()
    answer = await desk.post(desk.sales, "/statements", desk.statement(**change))
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert await desk.harness.checksum() == before


BAD_LINES: list[tuple[str, dict[str, str], str, str]] = [
    ("more than booked", {"quantity": "98.000001"}, "/lines/0/quantity", "BEYOND_RECORD"),
    ("other sign", {"quantity": "-1"}, "/lines/0/quantity", "BEYOND_RECORD"),
    ("negative price", {"unit_price": "-1"}, "/lines/0/unit_price", "OUT_OF_RANGE"),
    ("no reason", {"reason": ""}, "/lines/0/reason", "TOO_SHORT"),
    ("foreign line", {"line_id": str(new_id())}, "/lines/0/line_id", "LINE_UNKNOWN"),
]


@pytest.mark.parametrize(("name", "change", "pointer", "code"), BAD_LINES, ids=[case[0] for case in BAD_LINES])
async def test_bad_figures_change_nothing(
    desk: Desk, name: str, change: dict[str, str], pointer: str, code: str
) -> None:
    await desk.accepted("98")
    shown = await desk.proposed()
    wanted = {"lines": [figures(shown["lines"][0], "96")["lines"][0] | change]}
    before = await desk.harness.checksum()
    answer = await desk.post(desk.buyer, f"/statements/{shown['id']}:dispute", wanted)
    assert answer.status_code == 422, answer.text
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [(pointer, code)]
    assert await desk.harness.checksum() == before


async def test_a_line_stands_in_a_list_once(desk: Desk) -> None:
    twice = {"line_ids": [str(new_id())] * 2}
    line_id = twice["line_ids"][0]
    lines = [{"line_id": line_id, "quantity": "1", "unit_price": "1", "reason": "x"}] * 2
    for verb, content in (("agree", twice), ("dispute", {"lines": lines})):
        answer = await desk.post(desk.buyer, f"/statements/{new_id()}:{verb}", content)
        assert answer.json()["errors"][0]["code"] == "LINE_TWICE"
