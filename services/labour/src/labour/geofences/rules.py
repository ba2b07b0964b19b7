"""Inside or outside an area; how far two points lie apart. Pure; longitudes and latitudes in degrees, WGS 84."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

EARTH_M = 6_371_000
"""The sphere of the earth's mean radius: right to half a percent, better than a phone knows where it is."""


class Point(NamedTuple):
    """A place on the ground."""

    lng: Decimal
    lat: Decimal


class Area(NamedTuple):
    """A circle around its one point, or the polygon of its points when there is no radius."""

    points: tuple[Point, ...]
    radius_m: Decimal | None


def distance_m(one: Point, other: Point) -> int:
    """Great-circle distance in whole metres (haversine)."""
    across, along = radians(other.lat - one.lat), radians(other.lng - one.lng)
    half = sin(across / 2) ** 2 + cos(radians(one.lat)) * cos(radians(other.lat)) * sin(along / 2) ** 2
    return round(2 * EARTH_M * asin(min(1, sqrt(half))))


def covers(area: Area, at: Point) -> bool:
    """Whether a point lies in an area; a polygon by the number of its sides that a ray to the east meets."""
    if area.radius_m is not None:
        return distance_m(area.points[0], at) <= area.radius_m
    inside = False
    for one, next_ in zip(area.points, (*area.points[1:], area.points[0]), strict=True):
        if (one.lat > at.lat) != (next_.lat > at.lat):
            crossing = one.lng + (at.lat - one.lat) * (next_.lng - one.lng) / (next_.lat - one.lat)
            inside ^= at.lng < crossing
    return inside


def inside_any(areas: Sequence[Area], at: Point, accuracy_m: Decimal) -> bool:
    """Whether the phone may have been in one of the areas: a circle grants its uncertainty; no area, no limit."""
    if not areas:
        return True
    return any(
        distance_m(area.points[0], at) <= area.radius_m + accuracy_m if area.radius_m is not None else covers(area, at)
        for area in areas
    )
