"""The lives of a delivery and of a sample as pure tables."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a delivery stands."""

    DISPATCHED = "dispatched"
    ARRIVED = "arrived"
    PARTLY_ACCEPTED = "partly_accepted"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What can be done with a delivery. `accept_part` leaves lines to be judged later."""

    ARRIVE = "arrive"
    ACCEPT_PART = "accept_part"
    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    SAMPLE = "sample"
    WITNESS = "witness"
    RETURN = "return"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.DISPATCHED, Action.ARRIVE): State.ARRIVED,
    # A small site has no gate: what stands there may be judged at once.
    (State.DISPATCHED, Action.ACCEPT_PART): State.PARTLY_ACCEPTED,
    (State.DISPATCHED, Action.ACCEPT): State.ACCEPTED,
    (State.DISPATCHED, Action.REFUSE): State.REFUSED,
    (State.DISPATCHED, Action.WITHDRAW): State.WITHDRAWN,
    (State.ARRIVED, Action.SAMPLE): State.ARRIVED,
    (State.ARRIVED, Action.WITNESS): State.ARRIVED,
    (State.ARRIVED, Action.ACCEPT_PART): State.PARTLY_ACCEPTED,
    (State.ARRIVED, Action.ACCEPT): State.ACCEPTED,
    (State.ARRIVED, Action.REFUSE): State.REFUSED,
    (State.PARTLY_ACCEPTED, Action.SAMPLE): State.PARTLY_ACCEPTED,
    (State.PARTLY_ACCEPTED, Action.WITNESS): State.PARTLY_ACCEPTED,
    (State.PARTLY_ACCEPTED, Action.ACCEPT_PART): State.PARTLY_ACCEPTED,
    (State.PARTLY_ACCEPTED, Action.ACCEPT): State.ACCEPTED,
    (State.PARTLY_ACCEPTED, Action.RETURN): State.PARTLY_ACCEPTED,
    (State.ACCEPTED, Action.SAMPLE): State.ACCEPTED,
    (State.ACCEPTED, Action.WITNESS): State.ACCEPTED,
    (State.ACCEPTED, Action.RETURN): State.ACCEPTED,
}

DELIVERY = StateMachine("delivery", State.DISPATCHED, TRANSITIONS)


class SampleState(StrEnum):
    """What the laboratory has said of a sample."""

    PENDING = "pending"
    PASSED = "passed"
    FAILED = "failed"


class Outcome(StrEnum):
    """The two results of a test."""

    PASSES = "pass"
    FAILS = "fail"


SAMPLE_TRANSITIONS: dict[tuple[SampleState, Outcome], SampleState] = {
    (SampleState.PENDING, Outcome.PASSES): SampleState.PASSED,
    (SampleState.PENDING, Outcome.FAILS): SampleState.FAILED,
}

SAMPLE = StateMachine("sample", SampleState.PENDING, SAMPLE_TRANSITIONS)
