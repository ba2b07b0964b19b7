"""Rules of suppliers over plain values: no session, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from chassis.files.rules import MediaType
from procurement.suppliers.states import BARRED, State

SCANS = frozenset({MediaType.PDF, MediaType.JPEG, MediaType.PNG})
"""What a scan of a licence may be."""

INVITATION_LASTS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Policy:
    """How a buyer treats its suppliers; see `SupplierPolicy`. As it stands here while it has set nothing."""

    file_required: bool = False
    warning_days: int = 30


class Held(Protocol):
    """What the rules read of a licence."""

    @property
    def kind(self) -> str:
        """What it is."""
        ...

    @property
    def valid_from(self) -> date:
        """The first day on which it holds."""
        ...

    @property
    def valid_until(self) -> date | None:
        """The last day on which it holds; None for no end."""
        ...

    @property
    def obligatory(self) -> bool:
        """Whether the buyer demands it."""
        ...


def lacking(licences: Iterable[Held], day: date) -> list[str]:
    """The obligatory kinds of which no licence is in force on a day, in alphabetical order.

    A renewed licence makes the one that it follows irrelevant: one of a kind in force is enough.
    """
    licences = tuple(licences)
    demanded = {licence.kind for licence in licences if licence.obligatory}
    in_force = {
        licence.kind
        for licence in licences
        if licence.valid_from <= day and (licence.valid_until is None or day <= licence.valid_until)
    }
    return sorted(demanded - in_force)


def is_renewed(licence: Held, others: Iterable[Held]) -> bool:
    """Whether another licence of the same kind goes on when this one ends, without a day between them."""
    if licence.valid_until is None:
        return False
    end = licence.valid_until
    return any(
        other.kind == licence.kind
        and other.valid_from <= end + timedelta(days=1)
        and (other.valid_until is None or other.valid_until > end)
        for other in others
    )


def is_barred(state: State, until: date | None, day: date) -> bool:
    """Whether a suspension or blacklisting counts on a day: its last day is `until`, whenever the job comes round."""
    return state in BARRED and until is not None and day <= until


def day_after(day: date) -> date:
    """The next day."""
    return day + timedelta(days=1)


def warned_on(valid_until: date, warning_days: int) -> date:
    """The day on which the end of a licence is warned about."""
    return valid_until - timedelta(days=warning_days)


def account_place(file_id: UUID) -> str:
    """Where a sealed account number stands; it opens nowhere else."""
    return f"supplier_files.account_number:{file_id}"


def distinct(codes: Sequence[str]) -> list[str]:
    """Prefixes of material codes, sorted, without those that a shorter one includes: `01` makes `0109` needless."""
    kept: list[str] = []
    for code in sorted(set(codes)):
        if not kept or not code.startswith(kept[-1]):
            kept.append(code)
    return kept
