"""What a medical examination says of the days after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from labour.health.rules import HealthFacts, healthy_until, why_not

DAY = date(2026, 11, 23)
FIT = HealthFacts(date(2026, 3, 1), date(2027, 2, 28), fit=True)
UNFIT = HealthFacts(date(2026, 9, 1), date(2027, 8, 31), fit=False)


@pytest.mark.parametrize(
    ("held", "code", "until"),
    [
        ((), "HEALTH_RECORD_MISSING", DAY - timedelta(days=1)),
        ((FIT,), None, FIT.valid_to),
        ((replace(FIT, valid_to=DAY),), None, DAY),
        ((replace(FIT, valid_to=DAY - timedelta(days=1)),), "HEALTH_RECORD_LAPSED", DAY - timedelta(days=1)),
        ((replace(FIT, examined_on=DAY + timedelta(days=1)),), "HEALTH_RECORD_MISSING", DAY - timedelta(days=1)),
        ((FIT, UNFIT), "HEALTH_UNFIT", DAY - timedelta(days=1)),
        ((UNFIT, replace(FIT, examined_on=date(2026, 10, 1))), None, FIT.valid_to),
    ],
)
def test_the_last_examination_counts(held: tuple[HealthFacts, ...], code: str | None, until: date) -> None:
    found = why_not(held, DAY)
    assert (None if found is None else found[0]) == code
    assert healthy_until(held, DAY) == until
