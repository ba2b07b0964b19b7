"""Who may join and leave teams."""

from __future__ import annotations

from datetime import date

from chassis.ids import new_id
from labour.teams import rules
from labour.teams.models import Member

DAY = date(2026, 11, 23)
ONE, TWO, TEAM, PROJECT = new_id(), new_id(), new_id(), new_id()
STANDING = {ONE: Member(team_id=TEAM, worker_id=ONE, first_day=DAY, project_id=PROJECT)}


def test_each_who_may_not_join_is_named_by_his_place() -> None:
    found = rules.joining([ONE, TWO, TWO, new_id()], DAY, {ONE, TWO}, STANDING, {TWO: DAY})
    assert [(one.pointer, one.code) for one in found] == [
        ("/worker_ids/0", "IN_A_TEAM"),
        ("/worker_ids/1", "DATES_BACKWARDS"),
        ("/worker_ids/2", "REPEATED"),
        ("/worker_ids/3", "WORKER_NOT_ASSIGNED"),
    ]


def test_only_members_leave_and_not_before_they_came() -> None:
    assert rules.leaving([ONE], TEAM, DAY, STANDING) == []
    assert [one.code for one in rules.leaving([ONE, ONE], TEAM, DAY, STANDING)] == ["REPEATED"]
    assert [one.code for one in rules.leaving([TWO], TEAM, DAY, STANDING)] == ["NOT_A_MEMBER"]
    assert [one.code for one in rules.leaving([ONE], new_id(), DAY, STANDING)] == ["NOT_A_MEMBER"]
    assert [one.code for one in rules.leaving([ONE], TEAM, date(2026, 11, 21), STANDING)] == ["DATES_BACKWARDS"]


def test_what_ends_before_its_first_day_has_not_been() -> None:
    assert rules.never_began(STANDING[ONE], date(2026, 11, 22))
    assert not rules.never_began(STANDING[ONE], DAY)
