"""What follows from a standing: pure rules and the data behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chassis.ids import new_id
from procurement.clients.labour import EmployerStanding, WageListing
from procurement.wage_standings import repository
from procurement.wage_standings.rules import LEVELS, Deal, in_force, judge

[LAW] = repository.sanctions()
TODAY = date(2026, 11, 23)
SOUND = EmployerStanding(new_id(), TODAY, "none", None, None, 0, None)
LISTED = replace(SOUND, listing=WageListing(TODAY, date(2029, 11, 23), ("列8号",)))


def test_who_is_sound_is_refused_nothing() -> None:
    found = judge(SOUND, LAW)
    assert (found.refuses, found.warned) == ((), False)


def test_who_is_listed_is_refused_every_new_deal() -> None:
    assert judge(LISTED, LAW).refuses == tuple(sorted(Deal))
    assert judge(LISTED, replace(LAW, refuses=frozenset({Deal.AWARD}))).refuses == (Deal.AWARD,)


@pytest.mark.parametrize(("level", "warned"), [("none", False), ("yellow", False), ("orange", True), ("red", True)])
def test_from_which_level_on_a_buyer_is_told(level: str, warned: bool) -> None:
    """A level is a hint: it refuses nothing."""
    found = judge(replace(SOUND, level=level), LAW)
    assert (found.warned, found.refuses) == (warned, ())


def test_a_level_that_nobody_knows_is_a_hint() -> None:
    assert judge(replace(SOUND, level="purple"), LAW).warned
    assert set(LEVELS) == {"none", "yellow", "orange", "red"}


def test_before_the_law_and_after_it_nothing_is_refused() -> None:
    assert in_force([LAW], date(2021, 12, 31)) is None
    assert in_force([LAW], date(2022, 1, 1)) is LAW
    later = replace(LAW, valid_from=date(2026, 1, 1))
    assert in_force([later, LAW], TODAY) is later
    assert in_force([replace(LAW, valid_to=date(2025, 12, 31))], TODAY) is None
    assert judge(LISTED, None).refuses == ()
