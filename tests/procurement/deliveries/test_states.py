"""Every cell of the tables of a delivery and of a sample."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from procurement.deliveries.states import (
    DELIVERY,
    SAMPLE,
    SAMPLE_TRANSITIONS,
    TRANSITIONS,
    Action,
    Outcome,
    SampleState,
    State,
)

ALLOWED = {
    State.DISPATCHED: {Action.ARRIVE, Action.ACCEPT_PART, Action.ACCEPT, Action.REFUSE, Action.WITHDRAW},
    State.ARRIVED: {Action.SAMPLE, Action.WITNESS, Action.ACCEPT_PART, Action.ACCEPT, Action.REFUSE},
    State.PARTLY_ACCEPTED: {Action.SAMPLE, Action.WITNESS, Action.ACCEPT_PART, Action.ACCEPT, Action.RETURN},
    State.ACCEPTED: {Action.SAMPLE, Action.WITNESS, Action.RETURN},
    State.REFUSED: set(),
    State.WITHDRAWN: set(),
}
"""Written from the life of a lorry: called back only on the way, sampled only on site, returned only once taken."""
ENDS_IN = {
    Action.ARRIVE: State.ARRIVED,
    Action.ACCEPT_PART: State.PARTLY_ACCEPTED,
    Action.ACCEPT: State.ACCEPTED,
    Action.REFUSE: State.REFUSED,
    Action.WITHDRAW: State.WITHDRAWN,
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused."""
    assert ((state, action) in TRANSITIONS) == (action in ALLOWED[state])
    if action in ALLOWED[state]:
        assert DELIVERY.apply(state, action) == ENDS_IN.get(action, state)
    else:
        with pytest.raises(FailedPrecondition):
            DELIVERY.apply(state, action)


@pytest.mark.parametrize("state", SampleState)
@pytest.mark.parametrize("outcome", Outcome)
def test_every_cell_of_a_sample(state: SampleState, outcome: Outcome) -> None:
    """A laboratory speaks once."""
    if state is SampleState.PENDING:
        ends_in = {Outcome.PASSES: SampleState.PASSED, Outcome.FAILS: SampleState.FAILED}
        assert SAMPLE.apply(state, outcome) == ends_in[outcome] == SAMPLE_TRANSITIONS[state, outcome]
    else:
        with pytest.raises(FailedPrecondition):
            SAMPLE.apply(state, outcome)
