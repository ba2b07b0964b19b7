"""What a certificate says to who checks it. Pure."""

from __future__ import annotations

from datetime import date
from typing import Literal

from labour.training_bases.states import State

Standing = Literal["valid", "expired", "revoked"]


def standing(state: State, valid_to: date | None, on: date) -> Standing:
    """Whether a certificate counts on a day, its last day included."""
    if state is State.REVOKED:
        return "revoked"
    return "expired" if valid_to is not None and valid_to < on else "valid"
