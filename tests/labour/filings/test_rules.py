"""Pauses, and what may be kept of an answer's text."""

from __future__ import annotations

from datetime import timedelta

import pytest

from labour.clients.authorities import Kind
from labour.filings import rules


def test_pauses_grow_and_are_bounded() -> None:
    assert [rules.pause(times).total_seconds() for times in (0, 1, 2, 9, 10, 1000)] == [5, 10, 20, 2560, 3600, 3600]


def test_the_pace_is_what_the_platform_bears() -> None:
    assert rules.pace(60) == timedelta(seconds=1)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("工人张伟已存在", "工人***已存在"),
        ("110105194912310020X 重复", "*** 重复"),
        ("身份证 11010519491231002X 与 13800138000", "身份证 *** 与 ***"),
        ("张伟伟", "***伟"),
        ("参数错误", "参数错误"),
    ],
)
def test_what_was_sent_is_not_kept(said: str, kept: str) -> None:
    values = {"name": "张伟", "id_card_number": "110105194912310020X", "work_type": "020"}
    assert rules.kept(said, [values]) == kept


def test_a_text_is_bounded() -> None:
    assert len(rules.kept("错" * 5000, [])) == rules.LONGEST_TEXT


def test_every_kind_comes_behind_what_it_needs() -> None:
    order = rules.in_order(Kind)
    assert all(order.index(parent) < order.index(kind) for kind, parent in rules.PARENTS.items() if parent)
