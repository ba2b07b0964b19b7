"""Figures from facts: what each one counts, and that its rows add up to it whatever happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.clock import SHANGHAI, FrozenClock
from chassis.identity import Role
from chassis.ids import new_id
from chassis.pages import PageRequest
from procurement.deliveries import service as deliveries
from procurement.deliveries.service import Judge, LineQuantity
from procurement.deliveries.service import Verb as DeliveryVerb
from procurement.orders import service as orders_service
from procurement.orders.service import Verb
from procurement.scorecards import service
from procurement.scorecards.repository import FigureRow
from procurement.scorecards.rules import Figure
from procurement.scorecards.service import Question
from tests.harness import Harness
from tests.procurement.conftest import Orders, body
from tests.procurement.deliveries.test_service import dispatched, judged
from tests.procurement.suppliers.conftest import Dealing

TODAY = date(2026, 11, 23)
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
        await orders_service.complete(work, Verb(order_id, None))
    assert await read(dealing, file_id) == {
        Figure.IN_FULL: ("256750.00", "395000.00", "65.00"),
        Figure.ON_TIME: ("79000.00", "276500.00", "28.57"),
        Figure.REJECTED: ("79000.00", "355500.00", "22.22"),
        Figure.RETURNED: ("19750.00", "276500.00", "7.14"),
    }


@dataclass(frozen=True)
class Came:
    """A delivery of a line: by day offsets from today, quantities in thousandths."""

    state: str
    sent: int
    judged: int
    quantity: int
    accepted: int
    returned: int


@dataclass(frozen=True)
class Ordered:
    """An order of one line."""

    state: str
    currency: str
    approved: int
    quantity: int
    accepted: int
    price: Decimal
    needed_by: int | None
    came: tuple[Came, ...]


DAYS = st.integers(-400, 2)
QUANTITY = st.integers(1, 99_999)


@st.composite
def came(draw: st.DrawFn) -> Came:
    """A delivery whose numbers are possible."""
    quantity = draw(QUANTITY)
    state = draw(st.sampled_from(["accepted", "accepted", "refused", "dispatched", "withdrawn"]))
    accepted = draw(st.integers(0, quantity)) if state == "accepted" else 0
    return Came(state, draw(DAYS), draw(DAYS), quantity, accepted, draw(st.integers(0, accepted)))


@st.composite
def ordered(draw: st.DrawFn) -> Ordered:
    """An order whose numbers are possible; up to twice the quantity may have been taken."""
    quantity = draw(QUANTITY)
    return Ordered(
        draw(st.sampled_from(["completed", "completed", "in_delivery", "cancelled"])),
        draw(st.sampled_from(["CNY", "CNY", "USD"])),
        draw(DAYS),
        quantity,
        draw(st.integers(0, 2 * quantity)),
        draw(st.decimals("0", "9999", places=6)),
        draw(st.none() | DAYS),
        tuple(draw(st.lists(came(), max_size=4))),
    )


def instant(offset: int) -> datetime:
    """Half past midnight in Shanghai so many days from today; in UTC it is the day before."""
    local = datetime(TODAY.year, TODAY.month, TODAY.day, 0, 30, tzinfo=SHANGHAI)
    return (local + timedelta(days=offset)).astimezone(UTC)


def thousandths(number: int) -> Decimal:
    """A quantity."""
    return Decimal(number).scaleb(-3)


def yuan(number: int, price: Decimal) -> Decimal:
    """Quantity at a price, to the cent."""
    return (thousandths(number) * price).quantize(Decimal("0.01"), ROUND_HALF_UP)


Expected = Iterator[tuple[Figure, Decimal, Decimal]]


def expected(history: list[Ordered]) -> Expected:
    """Figure, numerator and denominator of each row, counted by hand."""
    for one in history:
        if one.currency != "CNY":
            continue
        if one.state == "completed" and -364 <= one.approved <= 0:
            taken = min(one.accepted, one.quantity)
            yield Figure.IN_FULL, yuan(taken, one.price), yuan(one.quantity, one.price)
        for delivery in one.came:
            if delivery.state in ("accepted", "refused") and -364 <= delivery.judged <= 0:
                rejected = delivery.quantity - delivery.accepted
                yield Figure.REJECTED, yuan(rejected, one.price), yuan(delivery.quantity, one.price)
            if delivery.state == "accepted" and -364 <= delivery.judged <= 0:
                accepted = yuan(delivery.accepted, one.price)
                yield Figure.RETURNED, yuan(delivery.returned, one.price), accepted
                if one.needed_by is not None:
                    in_time = delivery.sent <= one.needed_by
                    yield Figure.ON_TIME, accepted if in_time else Decimal("0.00"), accepted


async def put(connection: asyncpg.Connection[Any], dealing: Dealing, one: Ordered) -> None:
    """An order with its deliveries as rows."""
    order_id, line_id, now = new_id(), new_id(), instant(0)
    sides = (dealing.contractor.id, dealing.supplier.id)
    await connection.execute(
        """
        INSERT INTO orders (id, version, created_at, updated_at, number, project_id, buyer_id, supplier_id, state,
                            currency, total, note, reason, created_by, approved_at)
        VALUES ($1, 1, $2, $2, $1::uuid::text, $1, $3, $4, $5, $6, 0, '', '', '', $7)
        """,
        *(order_id, now, *sides, one.state, one.currency, instant(one.approved)),
    )
    await connection.execute(
        """
        INSERT INTO order_lines (id, order_id, position, material_code, unit, cost_code, quantity, unit_price,
                                 tolerance_percent, amount, delivered, accepted, needed_by)
        VALUES ($1, $2, 1, '01090001', 't', 'A', $3, $4, 100, $5, $6, $6, $7)
        """,
        *(line_id, order_id, thousandths(one.quantity), one.price, yuan(one.quantity, one.price)),
        thousandths(one.accepted),
        None if one.needed_by is None else TODAY + timedelta(days=one.needed_by),
    )
    for delivery in one.came:
        delivery_id = new_id()
        judged_at = instant(delivery.judged)
        await connection.execute(
            """
            INSERT INTO deliveries (id, version, created_at, updated_at, note_number, order_id, project_id, buyer_id,
                                    supplier_id, state, vehicle, certificate_number, certificate_sha256, reason,
                                    accepted_at, accepted_by)
            VALUES ($1, 1, $2, $3, $1::uuid::text, $4, $4, $5, $6, $7, '', '', repeat('a', 64), '', $8, '')
            """,
            *(delivery_id, instant(delivery.sent), judged_at, order_id, *sides, delivery.state),
            judged_at if delivery.state == "accepted" else None,
        )
        await connection.execute(
            """
            INSERT INTO delivery_lines (id, delivery_id, order_line_id, position, material_code, unit, quantity,
                                        received, accepted, returned, judged, reason)
            VALUES ($1, $2, $3, 1, '01090001', 't', $4, $4, $5, $6, true, 'x')
            """,
            *(new_id(), delivery_id, line_id),
            *(thousandths(number) for number in (delivery.quantity, delivery.accepted, delivery.returned)),
        )


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
    """Whatever was ordered, delivered, refused and returned; a rival of the same buyer and another buyer change
    nothing."""
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
    history = Ordered("completed", "CNY", -1, 1000, 1000, Decimal(10), None, ())
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
