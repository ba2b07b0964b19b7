"""Every cell of the table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from gateway.access.affiliations.states import AFFILIATION, Action, State

EXPECTED = {
    (State.REQUESTED, Action.CONFIRM): State.CONFIRMED,
    (State.REQUESTED, Action.DECLINE): State.DECLINED,
    (State.REQUESTED, Action.WITHDRAW): State.WITHDRAWN,
    (State.CONFIRMED, Action.END): State.ENDED,
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    wanted = EXPECTED.get((state, action))
    if wanted is not None:
        assert AFFILIATION.apply(state, action) is wanted
        return
    with pytest.raises(FailedPrecondition) as refused:
        AFFILIATION.apply(state, action)
    assert refused.value.metadata["state"] == state
