"""What comes in and goes out about geofences."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Instant, Quantity, QuantityOrZero, SignedQuantity, Text

Longitude = Annotated[SignedQuantity, Field(ge=-180, le=180, examples=["114.057900"])]
Latitude = Annotated[SignedQuantity, Field(ge=-90, le=90, examples=["22.543100"])]


class PointIn(In):
    """A place on the ground, in degrees."""

    lng: Longitude
    lat: Latitude


class DrawGeofenceIn(In):
    """A circle (`radius_m` and one point) or a polygon (three points or more)."""

    project_id: UUID
    name: Text = Field(examples=["主体施工区"])
    points: list[PointIn] = Field(min_length=1, max_length=200)
    radius_m: Annotated[Quantity, Field(le=20_000, examples=["300.000000"])] | None = None


class PointOut(Out):
    """A place on the ground, in degrees."""

    lng: SignedQuantity
    lat: SignedQuantity


class GeofenceOut(Out):
    """An area of a project; without `ended_at` it is in force."""

    id: UUID
    version: int
    project_id: UUID
    organisation_id: UUID
    name: str
    points: list[PointOut]
    radius_m: Quantity | None
    ended_at: Instant | None
    created_at: Instant
    updated_at: Instant


class SwipeLocationOut(Out):
    """Where a phone swipe was made, and what tells that its location may be forged: OUTSIDE_GEOFENCE, LOCATION_MOCKED,
    ACCURACY_POOR, ACCURACY_TOO_ROUND, IMPOSSIBLE_SPEED.
    """

    device_id: UUID
    sequence: int
    project_id: UUID
    worker_id: UUID
    employer_id: UUID
    at: Instant
    lng: SignedQuantity
    lat: SignedQuantity
    accuracy_m: QuantityOrZero
    signals: list[str]
