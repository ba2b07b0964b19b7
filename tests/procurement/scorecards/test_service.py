"""Figures from facts: what each one counts, and that its rows add up to it whatever happened."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.clock import FrozenClock
from chassis.identity import Role
from chassis.pages import PageRequest
from procurement.deliveries import service as deliveries
from procurement.deliveries.service import Judge, LineQuantity
from procurement.deliveries.service import Verb as DeliveryVerb
from procurement.orders.commands import close
from procurement.orders.service import Verb
from procurement.scorecards import service
from procurement.scorecards.repository import FigureRow
from procurement.scorecards.rules import Figure
from procurement.scorecards.service import Question
from tests.harness import Harness
from tests.procurement.buying import Buying
from tests.procurement.catalogue import bar
from tests.procurement.conftest import Orders, body
from tests.procurement.deliveries.test_service import dispatched, judged
from tests.procurement.prices.deals import publish
from tests.procurement.scorecards.history import TODAY, Ordered, expected, instant, ordered, put
from tests.procurement.settling import Desk, printed
from tests.procurement.suppliers.conftest import Dealing

Figures = dict[Figure, tuple[str, str, str | None]]


async def read(dealing: Dealing, file_id: UUID) -> Figures:
    """Every figure: numerator, denominator, percent."""
    async with dealing.harness.work(dealing.buyer) as work:
        card = await service.get(work, Question(file_id, "CNY"))
    return {
        one.figure: (str(one.numerator), str(one.denominator), None if one.percent is None else str(one.percent))
        for one in card.figures
    }


async def test_who_has_delivered_nothing_is_not_judged(dealing: Dealing) -> None:
    invited, _ = await dealing.invited()
    assert await read(dealing, invited) == dict.fromkeys(Figure, ("0.00", "0.00", None))


async def test_the_figures_of_a_short_history(dealing: Dealing, orders: Orders, clock: FrozenClock) -> None:
    """100 t at 3,950: 30 t come in time of which 20 t are good, 50 t late and good, 10 t are sent away whole, and 5 t
    come back: 65 t of 100 t, 20 t of 90 t not taken, 5 t of 70 t returned, 20 t of 70 t in time."""
    file_id = await dealing.joined()
    line = body(orders.site)["lines"][0] | {"needed_by": "2026-11-23"}
    order_id = await orders.confirmed(lines=[line])
    first = await judged(orders, await dispatched(orders, order_id, "30"), "20")
    clock.advance(timedelta(hours=12))
    await judged(orders, await dispatched(orders, order_id, "50"), "50")
    engineer = orders.site.contractor.as_(Role.SITE_ENGINEER)
    whole = await dispatched(orders, order_id, "10")
    async with dealing.harness.work(engineer) as work:
        await deliveries.refuse(work, DeliveryVerb(whole.id, None, "wrong grade"))
    async with dealing.harness.work(engineer) as work:
        back = (LineQuantity(first.lines[0].id, Decimal(5), "rust"),)
        await deliveries.send_back(work, Judge(first.id, None, back))
    open_order = await read(dealing, file_id)
    assert open_order[Figure.IN_FULL] == ("0.00", "0.00", None)
    async with dealing.harness.work(orders.buyer) as work:
        await close.complete(work, Verb(order_id, None))
    assert await read(dealing, file_id) == {
        Figure.IN_FULL: ("256750.00", "395000.00", "65.00"),
        Figure.ON_TIME: ("79000.00", "276500.00", "28.57"),
        Figure.REJECTED: ("79000.00", "355500.00", "22.22"),
        Figure.RETURNED: ("19750.00", "276500.00", "7.14"),
        Figure.PRICE: ("0.00", "0.00", None),
        Figure.INVOICE_ERRORS: ("0.00", "0.00", None),
        Figure.ANSWERED: ("0.00", "0.00", None),
    }


async def test_the_price_against_what_was_published_at_the_approval(dealing: Dealing, orders: Orders) -> None:
    """2 t for 3,900 where 4,000 were published and 1,000 kg at 3.95 where that is 4.00; later publications, materials
    without a price and drafts do not count."""
    file_id = await dealing.joined()
    code, other = await bar(dealing.harness), await bar(dealing.harness)
    region = "460100"
    async with dealing.harness.sql() as connection:
        await connection.execute(
            "UPDATE known_projects SET city = $2 WHERE project_id = $1", orders.site.project_id, region
        )
    await publish(dealing.harness, f"{code},t,4000.00,3500.00", region=region)
    line = body(orders.site)["lines"][0] | {"material_code": code, "quantity": "2", "unit_price": "3900"}
    by_kg = line | {"unit": "kg", "quantity": "1000", "unit_price": "3.95"}
    order_id = await orders.approved(lines=[line, by_kg, line | {"material_code": other}])
    await orders.submitted(lines=[line])
    await publish(dealing.harness, f"{code},t,1.00,1.00", region=region, month=date(2026, 11, 1))
    assert (await read(dealing, file_id))[Figure.PRICE] == ("11750.00", "12000.00", "97.92")
    rows = await all_rows(dealing, Question(file_id, "CNY"), Figure.PRICE, 1)
    assert [(row.order_id, row.unit, str(row.numerator), str(row.denominator)) for row in rows] == [
        (order_id, "t", "7800.00", "8000.00"),
        (order_id, "kg", "3950.00", "4000.00"),
    ]


async def test_invoice_errors(dealing: Dealing, orders: Orders) -> None:
    """Of four invoices of 10, 20, 30 and 40 t one was approved though it does not match, one rejected; a fifth that
    matched was taken back by its seller, and a credit note follows from goods that went back."""
    file_id = await dealing.joined()
    desk = await Desk.open(dealing.harness, orders, orders.site)
    delivery = await desk.accepted("100", "12.5")
    good = await desk.approved(desk.billed(0, "10"))
    dear = await desk.entered(desk.billed(0, "20", "3960.00"))
    await desk.done(desk.accountant, f"/invoices/{dear['id']}:approve", {"reason": "by letter"})
    wrong = await desk.entered(desk.billed(0, "30"))
    await desk.done(desk.accountant, f"/invoices/{wrong['id']}:reject", {"reason": "wrong title"})
    await desk.entered(desk.billed(0, "40"))
    back = await desk.entered(desk.billed(1, "5"))
    await desk.done(desk.sales, f"/invoices/{back['id']}:cancel", {"reason": "too early"})
    await desk.send_back(delivery, "1")
    await desk.approved(printed({"corrects_line_id": good["lines"][0]["id"]}, "-1", "3950.00"), corrects_id=good["id"])
    figure = (await read(dealing, file_id))[Figure.INVOICE_ERRORS]
    assert figure == ("197700.00", "395200.00", "50.03")
    rows = await all_rows(dealing, Question(file_id, "CNY"), Figure.INVOICE_ERRORS, 2)
    assert [str(row.invoice_id) for row in rows if row.numerator] == [dear["id"], wrong["id"]]


async def test_answered_inquiries(dealing: Dealing, buying: Buying) -> None:
    """One answered, one not, one that failed for want of any offer; a sealed one says nothing, even when there is a
    quote already, nor does one that was cancelled."""
    dealing = Dealing(buying.harness, buying.site.contractor, buying.suppliers[1])
    file_id = await dealing.joined()
    answered = await buying.opened(("4000", None), ("3990", None))
    await buying.opened(("4000", None))
    failed = await buying.published()
    await buying.at_the_deadline(failed)
    off = await buying.published()
    await buying.post(buying.buyer, f"/sourcing/{off['id']}:cancel", {"reason": "no need"})
    sealed = await buying.published()
    await buying.quote(1, sealed, "3990", "4000")
    assert (await read(dealing, file_id))[Figure.ANSWERED] == ("1.00", "3.00", "33.33")
    rows = await all_rows(dealing, Question(file_id, "CNY"), Figure.ANSWERED, 2)
    assert [str(row.id) for row in rows if row.numerator] == [answered["id"]]
    await buying.at_the_deadline(sealed)
    assert (await read(dealing, file_id))[Figure.ANSWERED] == ("2.00", "4.00", "50.00")


async def all_rows(dealing: Dealing, question: Question, figure: Figure, size: int) -> list[FigureRow]:
    """The rows behind a figure, page by page."""
    found: list[FigureRow] = []
    token = ""
    while True:
        async with dealing.harness.work(dealing.buyer) as work:
            page = await service.page(work, question, figure, PageRequest(size, token))
        found += page.items
        assert len({row.id for row in found}) == len(found), "a page shows a row again"
        token = page.next_page_token
        if not token:
            return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ordered(), min_size=1, max_size=6), st.integers(1, 4))
async def test_the_rows_add_up_to_the_figure(
    procurement: Harness, orders: Orders, history: list[Ordered], size: int
) -> None:
    """Whatever was ordered, delivered, refused, returned, billed and asked; a rival of the same buyer and
    another buyer change nothing."""
    assert orders.harness is procurement
    dealing = Dealing(procurement)
    file_id = await dealing.joined()
    strangers = (
        Dealing(procurement, contractor=dealing.contractor),
        Dealing(procurement, supplier=dealing.supplier),
    )
    async with procurement.sql() as connection:
        for one in history:
            for side in (dealing, *strangers):
                await put(connection, side, one)
    question = Question(file_id, "CNY")
    async with procurement.work(dealing.buyer) as work:
        card = await service.get(work, question)
    rows = list(expected(history))
    for value in card.figures:
        wanted = [row[1:] for row in rows if row[0] is value.figure]
        found = await all_rows(dealing, question, value.figure, size)
        assert sorted((row.numerator, row.denominator) for row in found) == sorted(wanted)
        assert value.numerator == sum(row.numerator for row in found)
        assert value.denominator == sum(row.denominator for row in found)


async def test_a_period_has_both_its_days(dealing: Dealing) -> None:
    """Days are those of Shanghai: half past midnight there is the day before in UTC."""
    file_id = await dealing.joined()
    history = Ordered("completed", "CNY", -1, 1000, 1000, Decimal(10), None, None, ())
    async with dealing.harness.sql() as connection:
        await put(connection, dealing, history)
    assert instant(-1).date() != TODAY - timedelta(days=1)
    found = []
    for first, last in ((-1, -1), (-3, -2), (0, 0), (-2, 0)):
        question = Question(file_id, "CNY", TODAY + timedelta(days=first), TODAY + timedelta(days=last))
        async with dealing.harness.work(dealing.buyer) as work:
            card = await service.get(work, question)
        [in_full] = [one for one in card.figures if one.figure is Figure.IN_FULL]
        found.append(in_full.denominator)
    assert found == [Decimal("10.00"), Decimal("0.00"), Decimal("0.00"), Decimal("10.00")]
