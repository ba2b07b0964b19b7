"""What may become of a record and of a blacklist entry: pure tables."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class RecordState(StrEnum):
    """Of a good or bad record."""

    RECORDED = "recorded"
    REVOKED = "revoked"


class RecordAction(StrEnum):
    """What is done with a record."""

    REVOKE = "revoke"


class ListingState(StrEnum):
    """Of a blacklist entry; that its last day is over is no state: the days say it."""

    LISTED = "listed"
    LIFTED = "lifted"


class ListingAction(StrEnum):
    """What is done with a blacklist entry."""

    LIFT = "lift"


RECORD = StateMachine(
    "record", RecordState.RECORDED, {(RecordState.RECORDED, RecordAction.REVOKE): RecordState.REVOKED}
)
LISTING = StateMachine(
    "blacklist entry", ListingState.LISTED, {(ListingState.LISTED, ListingAction.LIFT): ListingState.LIFTED}
)
