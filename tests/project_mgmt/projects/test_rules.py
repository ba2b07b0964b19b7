"""Rules and code tables of projects."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from project_mgmt.projects import codes, rules
from project_mgmt.projects.rules import Part

ONE, OTHER = UUID(int=1), UUID(int=2)
DAYS = st.dates(date(2026, 1, 1), date(2026, 2, 28))


@st.composite
def parts(draw: st.DrawFn) -> Part:
    """A part of a few days or open, of one of two organisations in one of two roles."""
    start = draw(DAYS)
    end = draw(st.one_of(st.none(), st.integers(0, 20).map(lambda days: start + timedelta(days=days))))
    return Part(draw(st.sampled_from([ONE, OTHER])), draw(st.sampled_from(["owner", "general_contractor"])), start, end)


def days_of(part: Part) -> set[date]:
    """The days up to the end of March, one by one."""
    days = (date(2026, 1, 1) + timedelta(days=count) for count in range(90))
    return {day for day in days if part.covers(day)}


@given(parts(), parts())
def test_parts_overlap_when_they_share_a_day(one: Part, other: Part) -> None:
    """The rule over bounds says what counting the days says."""
    assert one.overlaps(other) == bool(days_of(one) & days_of(other))
    assert one.overlaps(other) == other.overlaps(one)


@given(st.lists(parts(), max_size=5), parts())
def test_a_part_is_double_only_with_its_own_kind(standing: list[Part], new: Part) -> None:
    """Same organisation, same role, a common day."""
    expected = any(
        (one.organisation_id, one.role) == (new.organisation_id, new.role) and days_of(one) & days_of(new)
        for one in standing
    )
    assert (rules.double(standing, new) is not None) == expected


def test_the_last_day_counts() -> None:
    """Both ends are inclusive."""
    part = Part(ONE, "owner", date(2026, 1, 10), date(2026, 1, 20))
    assert [part.covers(date(2026, 1, day)) for day in (9, 10, 20, 21)] == [False, True, True, False]


def test_building_needs_an_owner_and_a_contractor() -> None:
    """A part that is over, or not begun, does not count."""
    owner = Part(ONE, "owner", date(2026, 1, 1), None)
    contractor = Part(OTHER, "general_contractor", date(2026, 1, 10), date(2026, 1, 20))
    assert rules.missing_roles([], date(2026, 1, 15)) == ["owner", "general_contractor"]
    assert rules.missing_roles([owner, contractor], date(2026, 1, 15)) == []
    assert rules.missing_roles([owner, contractor], date(2026, 1, 21)) == ["general_contractor"]


def test_roles_on_a_day() -> None:
    """An organisation may hold several roles; each has its days."""
    held = [Part(ONE, "owner", date(2026, 1, 1), None), Part(ONE, "ipmt", date(2026, 2, 1), None)]
    assert rules.roles_of(held, ONE, date(2026, 1, 15)) == ["owner"]
    assert rules.roles_of(held, ONE, date(2026, 2, 1)) == ["ipmt", "owner"]
    assert rules.roles_of(held, OTHER, date(2026, 2, 1)) == []


def test_the_tables_say_where_they_come_from() -> None:
    """Every table has a source and a day since which it holds (design rule 13)."""
    for table in (codes.BUILDING_TYPES, codes.DISTRICTS, codes.PARTY_ROLES):
        assert table.source
        assert table.valid_from <= date(2026, 11, 23)
    assert len(codes.DISTRICTS.entries) == 12
    preferred = [code for code, one in codes.BUILDING_TYPES.entries.items() if one.attributes["preferred"]]
    assert preferred == [
        "school",
        "kindergarten",
        "affordable_housing",
        "dormitory",
        "apartment",
        "rail",
        "vertical_factory",
    ]


@pytest.mark.parametrize(
    ("role", "code"),
    [("owner", "008"), ("general_contractor", "009"), ("supervisor", "007"), ("ipmt", None), ("authority", None)],
)
def test_national_codes_of_roles(role: str, code: str | None) -> None:
    """009 is the general contractor; IPMT has no national code."""
    assert codes.corp_type(role) == code


def test_an_unknown_code_lists_the_known_ones() -> None:
    """In both languages."""
    with pytest.raises(PydanticCustomError) as refusal:
        codes.DISTRICTS.check("pudong")
    assert refusal.value.type == "UNKNOWN_CODE"
    assert "pingshan" in str(refusal.value.message())
    assert not codes.district_in_city("pingshan", "310000")
    assert codes.district_in_city("pingshan", "440300")
