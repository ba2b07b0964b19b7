"""A subcontract (分包合同): draft → active → ended."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a subcontract stands."""

    DRAFT = "draft"
    ACTIVE = "active"
    ENDED = "ended"


class Action(StrEnum):
    """What can be done with a subcontract."""

    CHANGE = "change"
    ACTIVATE = "activate"
    RENEW_QUALIFICATION = "renew_qualification"
    END = "end"


TRANSITIONS = {
    (State.DRAFT, Action.CHANGE): State.DRAFT,
    (State.DRAFT, Action.RENEW_QUALIFICATION): State.DRAFT,
    (State.DRAFT, Action.ACTIVATE): State.ACTIVE,
    (State.ACTIVE, Action.RENEW_QUALIFICATION): State.ACTIVE,
    (State.ACTIVE, Action.END): State.ENDED,
}

SUBCONTRACT = StateMachine("subcontract", State.DRAFT, TRANSITIONS)
