"""Every cell of the device's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from labour.devices.states import DEVICE, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused and names what would be allowed."""
    if (state, action) in TRANSITIONS:
        assert DEVICE.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        DEVICE.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"
    assert refusal.value.metadata["allowed"] == ",".join(DEVICE.allowed(state))


def test_retired_is_the_end() -> None:
    assert DEVICE.allowed(State.RETIRED) == []
