"""What facts add up to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from project_mgmt.indicators.rules import Delta, Key, Measure, summed

KEYS = st.builds(
    Key,
    st.sampled_from([UUID(int=1), UUID(int=2)]),
    st.dates(date(2026, 11, 1), date(2026, 11, 3)),
    st.sampled_from(Measure),
    st.just("d"),
    st.sampled_from(["a", "b"]),
)
DELTAS = st.lists(st.builds(Delta, KEYS, st.decimals(-100, 100, places=2)))


@given(DELTAS, st.randoms())
def test_the_order_does_not_matter(deltas: list[Delta], random: object) -> None:
    """One figure per key, in key order, whatever the order of the deltas."""
    shuffled = list(deltas)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    result = summed(shuffled)
    assert result == summed(deltas)
    assert list(result) == sorted(result)
    assert sum(result.values()) == sum(delta.value for delta in deltas)


def test_what_does_not_change_is_not_written() -> None:
    """A correction and its reversal in one fact."""
    key = Key(UUID(int=1), date(2026, 11, 1), Measure.LABOUR_DAYS, "d", "a")
    assert summed([Delta(key, Decimal("1.50")), Delta(key, Decimal("-1.50"))]) == {}
