"""Every cell of the tables of records and of the blacklist."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from labour.records.states import LISTING, RECORD, ListingAction, ListingState, RecordAction, RecordState


def test_a_record_is_revoked_once() -> None:
    assert RECORD.apply(RecordState.RECORDED, RecordAction.REVOKE) is RecordState.REVOKED
    with pytest.raises(FailedPrecondition) as refusal:
        RECORD.apply(RecordState.REVOKED, RecordAction.REVOKE)
    assert refusal.value.reason == "INVALID_STATE"


def test_an_entry_is_lifted_once() -> None:
    assert LISTING.apply(ListingState.LISTED, ListingAction.LIFT) is ListingState.LIFTED
    with pytest.raises(FailedPrecondition) as refusal:
        LISTING.apply(ListingState.LIFTED, ListingAction.LIFT)
    assert refusal.value.metadata["allowed"] == ""
