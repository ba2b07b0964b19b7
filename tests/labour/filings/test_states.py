"""Every cell of both machines."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from labour.filings.states import FILING, REQUEST, Action, RequestAction, RequestState, State

TARGETS = {
    ("queued", "send"): "sending",
    ("queued", "supersede"): "superseded",
    ("sending", "put_back"): "queued",
    ("sending", "defer"): "pending",
    ("sending", "accept"): "accepted",
    ("sending", "refuse"): "refused",
    ("pending", "put_back"): "queued",
    ("pending", "defer"): "pending",
    ("pending", "accept"): "accepted",
    ("pending", "refuse"): "refused",
    ("refused", "retry"): "queued",
    ("refused", "supersede"): "superseded",
    ("accepted", "resend"): "queued",
}
REQUESTS = {
    ("prepared", "send"): "sent",
    ("sent", "lose"): "unknown",
    ("sent", "defer"): "pending",
    ("sent", "answer"): "answered",
    ("unknown", "lose"): "unknown",
    ("unknown", "defer"): "pending",
    ("unknown", "answer"): "answered",
    ("pending", "lose"): "pending",
    ("pending", "defer"): "pending",
    ("pending", "answer"): "answered",
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell_of_a_filing(state: State, action: Action) -> None:
    target = TARGETS.get((state, action))
    if target is None:
        with pytest.raises(FailedPrecondition, match="INVALID_STATE"):
            FILING.apply(state, action)
    else:
        assert FILING.apply(state, action) == target


@pytest.mark.parametrize("state", RequestState)
@pytest.mark.parametrize("action", RequestAction)
def test_every_cell_of_a_request(state: RequestState, action: RequestAction) -> None:
    target = REQUESTS.get((state, action))
    if target is None:
        with pytest.raises(FailedPrecondition, match="INVALID_STATE"):
            REQUEST.apply(state, action)
    else:
        assert REQUEST.apply(state, action) == target
