"""Secrets, codes, names, and when a link opens."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from labour.links import rules
from labour.links.states import State
from tests.harness import NOON


def test_a_secret_is_32_random_bytes_and_never_the_same() -> None:
    found = {rules.new_secret() for _ in range(50)}
    assert len(found) == 50
    assert {len(base64.urlsafe_b64decode(one + "=")) for one in found} == {32}
    assert all(len(one) <= rules.LONGEST_SECRET for one in found)


def test_a_code_is_six_digits_also_when_it_begins_with_zero() -> None:
    assert {len(rules.new_code()) for _ in range(200)} == {6}
    assert all(rules.new_code().isdigit() for _ in range(200))


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
