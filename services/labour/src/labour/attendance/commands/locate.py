"""Where phone swipes were made: kept beside the swipes, with the signals that a location may be forged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from labour.attendance import rulebook
from labour.attendance.commands.judge import Recorded
from labour.attendance.rules import Location, NewSwipe
from labour.geofences import repository, rules
from labour.geofences.rules import Area, Point


async def locate(
    driver: asyncpg.Connection[Any], device_id: UUID, project_id: UUID, swipes: Sequence[NewSwipe], outcome: Recorded
) -> None:
    """Keep the locations of swipes that have one; a forged one is flagged, never refused: the worker may be there."""
    located = [(one, one.location) for one in swipes if one.location is not None]
    if not located:
        return
    areas = await repository.areas(driver, project_id)
    places = {one.sequence: one.place for one, _ in located}
    signals = {one.sequence: _signals(location, areas) for one, location in located}
    await repository.place(driver, device_id, project_id, located, signals)
    limit = rulebook.location_limits().fastest
    for sequence in await repository.mark_speed(driver, [one for one, _ in located], limit, device_id):
        if sequence in signals:
            signals[sequence].append("IMPOSSIBLE_SPEED")
    for sequence, found in signals.items():
        for signal in found:
            outcome.warn(places[sequence], signal)


def _signals(location: Location, areas: Sequence[Area]) -> list[str]:
    limits = rulebook.location_limits()
    at = Point(location.lng, location.lat)
    found = {
        "OUTSIDE_GEOFENCE": not rules.inside_any(areas, at, location.accuracy_m),
        "LOCATION_MOCKED": location.mocked,
        "ACCURACY_POOR": location.accuracy_m > limits.worst_accuracy,
        "ACCURACY_TOO_ROUND": location.accuracy_m in limits.round_accuracies,
    }
    return [signal for signal, true in found.items() if true]
