"""Who asks, and when."""

from __future__ import annotations

from datetime import UTC, date, datetime

from chassis.identity import Kind, Role
from procurement.worklist.rules import Asked
from tests.harness import organisation


def test_a_day_begins_in_shanghai() -> None:
    who = organisation(Kind.OWNER)
    asked = Asked(who.as_(Role.BUYER), datetime(2026, 11, 23, 16, 0, tzinfo=UTC), frozenset(), 30)
    assert (asked.today, asked.me) == (date(2026, 11, 24), who.id)
