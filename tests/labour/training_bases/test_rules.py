"""What a certificate says to who checks it."""

from __future__ import annotations

from datetime import date, timedelta

from labour.training_bases.rules import standing
from labour.training_bases.states import State

LAST = date(2026, 11, 23)


def test_its_last_day_still_counts() -> None:
    assert standing(State.VALID, LAST, LAST) == "valid"
    assert standing(State.VALID, LAST, LAST + timedelta(days=1)) == "expired"
    assert standing(State.VALID, None, date(2100, 1, 1)) == "valid"


def test_revoked_outlives_everything() -> None:
    assert standing(State.REVOKED, None, LAST) == standing(State.REVOKED, LAST, LAST + timedelta(days=1)) == "revoked"
