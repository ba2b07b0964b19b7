"""Every cell of the machine."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from labour.authorities.states import CONNECTION, Action, State

TARGETS = {
    ("active", "rotate"): "active",
    ("active", "suspend"): "suspended",
    ("active", "bar"): "barred",
    ("suspended", "rotate"): "suspended",
    ("suspended", "resume"): "active",
    ("barred", "rotate"): "barred",
    ("barred", "suspend"): "suspended",
    ("barred", "resume"): "active",
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    target = TARGETS.get((state, action))
    if target is None:
        with pytest.raises(FailedPrecondition, match="INVALID_STATE"):
            CONNECTION.apply(state, action)
    else:
        assert CONNECTION.apply(state, action) == target
