"""Names, and when a link opens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from labour.links import rules
from labour.links.states import State
from tests.harness import NOON

CLOSED = [
    (State.ACTIVE, timedelta(seconds=1), ""),
    (State.ACTIVE, timedelta(0), "expired"),
    (State.USED, timedelta(days=1), "used"),
    (State.REVOKED, timedelta(days=1), "revoked"),
    (State.LOCKED, timedelta(days=1), "locked"),
    (State.USED, -timedelta(days=1), "used"),
]


@pytest.mark.parametrize(("state", "left", "why"), CLOSED)
def test_why_a_link_opens_nothing(state: State, left: timedelta, why: str) -> None:
    assert rules.closed(state, NOON + left, NOON) == why


NAMES = [
    ("张伟", "张伟", True),
    (" 张 伟 ", "张伟", True),
    ("ZHANG WEI", "Zhang Wei", True),
    ("ＺＨＡＮＧ", "zhang", True),
    ("买买提·艾力", "买买提·艾力", True),
    ("张玮", "张伟", False),
    ("", "张伟", False),
]


@pytest.mark.parametrize(("given", "known", "same"), NAMES)
def test_writings_of_one_name(given: str, known: str, same: bool) -> None:
    assert rules.same_name(given, known) is same
