"""On which days a blacklist entry counts. Pure."""

from __future__ import annotations

from datetime import date


def counts_on(valid_from: date, valid_to: date | None, lifted_on: date | None, day: date) -> bool:
    """From its first to its last day, and not from the day on which it was lifted."""
    return valid_from <= day and (valid_to is None or day <= valid_to) and (lifted_on is None or day < lifted_on)
