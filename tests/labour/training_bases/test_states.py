"""Every cell of a certificate's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from labour.training_bases.states import SKILL_CERTIFICATE, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    if (state, action) in TRANSITIONS:
        assert SKILL_CERTIFICATE.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        SKILL_CERTIFICATE.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"
    assert refusal.value.metadata["allowed"] == ",".join(SKILL_CERTIFICATE.allowed(state))
