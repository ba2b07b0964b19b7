"""Inside or outside."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labour.geofences.rules import Area, Point, covers, distance_m, inside_any


def point(lng: str, lat: str) -> Point:
    return Point(Decimal(lng), Decimal(lat))


SITE = point("114.0579", "22.5431")
SQUARE = Area((point("0", "0"), point("0", "2"), point("2", "2"), point("2", "0")), None)
NOTCHED = Area((point("0", "0"), point("4", "0"), point("4", "4"), point("2", "1"), point("0", "4")), None)


@pytest.mark.parametrize(
    ("area", "at", "inside"),
    [
        (SQUARE, point("1", "1"), True),
        (SQUARE, point("3", "1"), False),
        (SQUARE, point("-1", "1"), False),
        (NOTCHED, point("2", "0.5"), True),
        (NOTCHED, point("2", "3"), False),
        (Area((SITE,), Decimal(300)), point("114.0600", "22.5431"), True),
        (Area((SITE,), Decimal(300)), point("114.0620", "22.5431"), False),
    ],
)
def test_inside_or_outside(area: Area, at: Point, inside: bool) -> None:
    assert covers(area, at) is inside


def test_distances_are_those_of_the_ground() -> None:
    """A degree of latitude is 111.2 km; Shenzhen to Beijing about 1,940 km."""
    assert distance_m(point("0", "0"), point("0", "1")) == pytest.approx(111_195, rel=1e-4)
    assert distance_m(SITE, point("116.4074", "39.9042")) == pytest.approx(1_943_000, rel=0.01)


@given(st.decimals(-180, 180, places=6), st.decimals(-90, 90, places=6))
def test_no_area_no_limit_and_the_way_back_is_as_long(lng: Decimal, lat: Decimal) -> None:
    at = Point(lng, lat)
    assert inside_any([], at, Decimal(0))
    assert distance_m(SITE, at) == distance_m(at, SITE)


def test_a_circle_grants_what_the_phone_does_not_know() -> None:
    near = point("114.0620", "22.5431")
    assert not inside_any([Area((SITE,), Decimal(300))], near, Decimal(10))
    assert inside_any([Area((SITE,), Decimal(300))], near, Decimal(200))
