"""Inside or outside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labour.geofences.rules import Area, Point, covers, distance_m, inside_any

SITE = Point(114.0579, 22.5431)
SQUARE = Area((Point(0, 0), Point(0, 2), Point(2, 2), Point(2, 0)), None)
NOTCHED = Area((Point(0, 0), Point(4, 0), Point(4, 4), Point(2, 1), Point(0, 4)), None)


@pytest.mark.parametrize(
    ("area", "at", "inside"),
    [
        (SQUARE, Point(1, 1), True),
        (SQUARE, Point(3, 1), False),
        (SQUARE, Point(-1, 1), False),
        (NOTCHED, Point(2, 0.5), True),
        (NOTCHED, Point(2, 3), False),
        (Area((SITE,), 300.0), Point(114.0600, 22.5431), True),
        (Area((SITE,), 300.0), Point(114.0620, 22.5431), False),
    ],
)
def test_inside_or_outside(area: Area, at: Point, inside: bool) -> None:
    assert covers(area, at) is inside


def test_distances_are_those_of_the_ground() -> None:
    """A degree of latitude is 111.2 km; Shenzhen to Beijing about 1,940 km."""
    assert distance_m(Point(0, 0), Point(0, 1)) == pytest.approx(111_195, rel=1e-4)
    assert distance_m(SITE, Point(116.4074, 39.9042)) == pytest.approx(1_943_000, rel=0.01)


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_no_area_no_limit_and_the_way_back_is_as_long(lng: float, lat: float) -> None:
    at = Point(lng, lat)
    assert inside_any([], at, 0.0)
    assert distance_m(SITE, at) == pytest.approx(distance_m(at, SITE), abs=1e-6)


def test_a_circle_grants_what_the_phone_does_not_know() -> None:
    near = Point(114.0620, 22.5431)
    assert not inside_any([Area((SITE,), 300.0)], near, 10.0)
    assert inside_any([Area((SITE,), 300.0)], near, 200.0)
