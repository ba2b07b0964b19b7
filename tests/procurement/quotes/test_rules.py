"""The bytes of a quote."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from chassis.ids import new_id
from procurement.quotes import rules
from procurement.quotes.rules import Content, QuotedLine

DAY = date(2026, 12, 15)


def _content(price: str) -> Content:
    lines = (
        QuotedLine(new_id(), None, Decimal(price), Decimal("13.00"), DAY, ""),
        QuotedLine(new_id(), "01110001", Decimal("1E+3"), Decimal(0), DAY, "替代"),
    )
    return Content(Decimal("120.50"), DAY, "含卸车", lines)


def test_there_and_back() -> None:
    """Nothing is lost, and no exponent is written."""
    content = _content("3950.000001")
    raw = rules.to_bytes(content, "ab")
    assert rules.from_bytes(raw) == (content, "ab")
    assert b'"1000"' in raw


def test_the_salt_hides_a_known_content() -> None:
    """Who knows what may have been offered cannot tell from the digest."""
    content = _content("1")
    assert rules.digest(rules.to_bytes(content, "a")) != rules.digest(rules.to_bytes(content, "b"))


def test_places_differ() -> None:
    """A version of a supplier in a sourcing, and nothing else."""
    one, two = new_id(), new_id()
    places = {rules.place(one, two, 1), rules.place(two, one, 1), rules.place(one, two, 2), rules.key_place(one)}
    assert len(places) == 4
