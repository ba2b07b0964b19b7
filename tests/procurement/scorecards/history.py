"""Histories between a buyer and a supplier: made up, counted by hand, put into the tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import asyncpg
from hypothesis import strategies as st

from chassis.clock import SHANGHAI
from chassis.ids import new_id
from procurement.scorecards.rules import Figure
from tests.procurement.suppliers.conftest import Dealing

TODAY = date(2026, 11, 23)


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
class Billed:
    """An invoice of two lines over an order, in cents each; `odd`: what does not match (nothing, all or a line)."""

    state: str
    kind: str
    entered: int
    gross: tuple[int, int]
    odd: str

    @property
    def faulty(self) -> bool:
        """Whether it counts as an error."""
        return self.state == "rejected" or self.odd != "nothing"


@dataclass(frozen=True)
class Asked:
    """An inquiry to which the supplier was invited, and whether it answered."""

    state: str
    deadline: int
    answered: bool


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
    published: Decimal | None
    came: tuple[Came, ...]
    billed: tuple[Billed, ...] = ()
    asked: Asked | None = None


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
def billed(draw: st.DrawFn) -> Billed:
    """An invoice whose numbers are possible."""
    kind = draw(st.sampled_from(["blue", "blue", "blue", "red"]))
    cents = draw(st.tuples(st.integers(1, 10**9), st.integers(1, 10**9)))
    return Billed(
        draw(st.sampled_from(["matched", "mismatched", "approved", "rejected", "cancelled"])),
        kind,
        draw(DAYS),
        cents if kind == "blue" else (-cents[0], -cents[1]),
        draw(st.sampled_from(["nothing", "nothing", "all", "line"])),
    )


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    """An inquiry; only one that was opened has answers."""
    state = draw(st.sampled_from(["draft", "published", "opened", "awarded", "cancelled", "failed"]))
    return Asked(state, draw(DAYS), state in ("opened", "awarded") and draw(st.booleans()))


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
        draw(st.none() | st.decimals("0.01", "9999", places=6)),
        tuple(draw(st.lists(came(), max_size=4))),
        tuple(draw(st.lists(billed(), max_size=3))),
        draw(st.none() | asked()),
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
        if one.published is not None and one.state != "cancelled" and -364 <= one.approved <= 0:
            yield Figure.PRICE, yuan(one.quantity, one.price), yuan(one.quantity, one.published)
        yield from expected_beside(one)
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


def expected_beside(one: Ordered) -> Expected:
    """The same for invoices and inquiries."""
    for invoice in one.billed:
        counts = invoice.kind == "blue" and (invoice.state != "cancelled" or invoice.faulty)
        if counts and -364 <= invoice.entered <= 0:
            for cents in invoice.gross:
                amount = Decimal(cents).scaleb(-2)
                yield Figure.INVOICE_ERRORS, amount if invoice.faulty else Decimal("0.00"), amount
    if one.asked is not None and one.asked.state in ("opened", "awarded", "failed") and -364 <= one.asked.deadline <= 0:
        yield Figure.ANSWERED, Decimal(one.asked.answered).quantize(Decimal("0.01")), Decimal("1.00")


async def put_beside(
    connection: asyncpg.Connection[Any], dealing: Dealing, one: Ordered, order_id: UUID, line_id: UUID
) -> None:
    """Invoices and the inquiry of an order as rows."""
    sides = (dealing.contractor.id, dealing.supplier.id)
    for invoice in one.billed:
        invoice_id, at, total = new_id(), instant(invoice.entered), Decimal(sum(invoice.gross)).scaleb(-2)
        await connection.execute(
            """
            INSERT INTO invoices (id, version, created_at, updated_at, number, kind, corrects_id, project_id, buyer_id,
                                  supplier_id, seller_uscc, buyer_uscc, issue_date, currency, net, tax, gross, state,
                                  reasons, entered_by, approved_at, reason, tolerance_percent, tolerance_ref)
            VALUES ($1, 1, $2, $2, $3, $4, CASE WHEN $4 = 'red' THEN $1::uuid END, $1, $5, $6, repeat('A', 18),
                    repeat('B', 18), '2026-11-23', $7, $8, 0, $8, $9, $10,
                    '', CASE WHEN $9 = 'approved' THEN $2::timestamptz END, '', 0, '')
            """,
            *(invoice_id, at, f"{invoice_id.int % 10**20:020d}", invoice.kind, *sides, one.currency, total),
            invoice.state,
            ["BUYER_USCC_DIFFERS"] if invoice.odd == "all" else [],
        )
        for position, cents in enumerate(invoice.gross, start=1):
            red_id = new_id()
            await connection.execute(
                """
                INSERT INTO invoice_lines (id, invoice_id, position, order_id, order_line_id, corrects_line_id,
                                           material_code, unit, cost_code, quantity, unit_price, net, tax_percent, tax,
                                           gross, expected_price, reasons)
                VALUES ($1, $2, $3, $4, $5, CASE WHEN $6::numeric < 0 THEN $1::uuid END, '01090001', 't', 'A', sign($6::numeric), 1, $6::numeric, 0, 0,
                        $6::numeric, 1, $7)
                """,
                *(red_id, invoice_id, position, order_id, line_id, Decimal(cents).scaleb(-2)),
                ["PRICE_DIFFERS"] if invoice.odd == "line" and position == 2 else [],
            )
    if one.asked is not None:
        await put_asked(connection, dealing, one.asked, one.currency)


async def put_asked(connection: asyncpg.Connection[Any], dealing: Dealing, one: Asked, currency: str) -> None:
    """An inquiry as rows."""
    sourcing_id, now, until = new_id(), instant(0), instant(one.deadline)
    buyer, supplier = dealing.contractor.id, dealing.supplier.id
    await connection.execute(
        """
        INSERT INTO sourcings (id, version, created_at, updated_at, buyer_id, kind, state, title, note, currency,
                               deadline, show_rank, reason, created_by, opened_at)
        VALUES ($1, 1, $2, $2, $3, 'inquiry', $4, '', '', $5, $6, false, '', '',
                CASE WHEN $4 IN ('opened', 'awarded') THEN $6::timestamptz END)
        """,
        *(sourcing_id, now, buyer, one.state, currency, until),
    )
    await connection.execute(
        "INSERT INTO sourcing_guests (sourcing_id, supplier_id) VALUES ($1, $2)", sourcing_id, supplier
    )
    if one.answered:
        await connection.execute(
            """
            INSERT INTO offers (id, sourcing_id, buyer_id, supplier_id, origin, origin_id, currency, freight, total,
                                complete, note, created_at)
            VALUES ($1, $2, $3, $4, 'quote', $1, $5, 0, 1, true, '', $6)
            """,
            *(new_id(), sourcing_id, buyer, supplier, currency, now),
        )


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
                                 tolerance_percent, amount, delivered, accepted, needed_by, published_price)
        VALUES ($1, $2, 1, '01090001', 't', 'A', $3, $4, 100, $5, $6, $6, $7, $8)
        """,
        *(line_id, order_id, thousandths(one.quantity), one.price, yuan(one.quantity, one.price)),
        thousandths(one.accepted),
        None if one.needed_by is None else TODAY + timedelta(days=one.needed_by),
        one.published,
    )
    await put_beside(connection, dealing, one, order_id, line_id)
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
