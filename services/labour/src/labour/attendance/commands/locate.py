"""Where phone swipes were made: kept beside the swipes, with the signals that a location may be forged.

A position needs the worker's separate consent (PIPL art 29). A swipe is never refused for want of it, because the
worker was there; his position is dropped before anything else looks at it, and nothing is judged by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from labour.attendance import rulebook
from labour.attendance.commands.judge import Recorded, SwipeRow
from labour.attendance.rules import Location, NewSwipe, Place
from labour.consents import repository as consents
from labour.consents.models import Purpose
from labour.devices.models import Channel
from labour.geofences import repository, rules
from labour.geofences.rules import Area, Point

Driver: TypeAlias = "asyncpg.Connection[Any]"


async def withhold(
    driver: Driver, channel: Channel, rows: Sequence[SwipeRow]
) -> tuple[Sequence[SwipeRow], frozenset[int]]:
    """The rows without the positions to which no consent stands, and the places of these rows.

    Among them are swipes of phones that sent no position in the first place. The caller holds the assignments of the
    workers: a withdrawal waits for it, or has been seen here. A batch of a gate without positions costs no look.
    """
    needed = channel in rulebook.demands_location()
    asked = {row.worker_id for row in rows if needed or row.location is not None}
    if not asked:
        return rows, frozenset()
    refusing = asked - await consents.consenting(driver, asked, Purpose.LOCATION)
    without = frozenset(row.place for row in rows if row.worker_id in refusing and (needed or row.location is not None))
    return [row._replace(location=None) if row.place in without else row for row in rows], without


async def locate(
    driver: Driver,
    device_id: UUID,
    project_id: UUID,
    swipes: Sequence[NewSwipe],
    withheld: frozenset[int],
    outcome: Recorded,
) -> None:
    """Keep the locations of swipes that have one; a forged one is flagged, never refused: the worker may be there."""
    for one in swipes if withheld else ():
        if one.place in withheld:
            outcome.warn(one.place, "LOCATION_CONSENT_MISSING")
            outcome.geofence[one.place] = Place.NOT_JUDGED
    located = [(one, one.location) for one in swipes if one.location is not None]
    if not located:
        return
    areas = await repository.areas(driver, project_id)
    places = {one.sequence: one.place for one, _ in located}
    outcome.geofence |= {one.place: _where(location, areas) for one, location in located}
    signals = {one.sequence: _signals(location, outcome.geofence[one.place]) for one, location in located}
    await repository.place(driver, device_id, project_id, located, signals)
    limit = rulebook.location_limits().fastest
    for sequence in await repository.mark_speed(driver, [one for one, _ in located], limit, device_id):
        if sequence in signals:
            signals[sequence].append("IMPOSSIBLE_SPEED")
    for sequence, found in signals.items():
        for signal in found:
            outcome.warn(places[sequence], signal)


def _where(location: Location, areas: Sequence[Area]) -> Place:
    if not areas:
        return Place.NOT_JUDGED
    within = rules.inside_any(areas, Point(location.lng, location.lat), location.accuracy_m)
    return Place.INSIDE if within else Place.OUTSIDE


def _signals(location: Location, where: Place) -> list[str]:
    limits = rulebook.location_limits()
    found = {
        "OUTSIDE_GEOFENCE": where is Place.OUTSIDE,
        "LOCATION_MOCKED": location.mocked,
        "ACCURACY_POOR": location.accuracy_m > limits.worst_accuracy,
        "ACCURACY_TOO_ROUND": location.accuracy_m in limits.round_accuracies,
    }
    return [signal for signal, true in found.items() if true]
