"""The life of a contract as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a contract stands. A signed one is never void: the work that was done under it is paid by it."""

    DRAFT = "draft"
    OFFERED = "offered"
    SIGNED = "signed"
    ENDED = "ended"
    TERMINATED = "terminated"
    VOID = "void"


class Action(StrEnum):
    """What can be done with a contract."""

    REVISE = "revise"
    OFFER = "offer"
    WITHDRAW = "withdraw"
    DECLINE = "decline"
    SIGN = "sign"
    SIGN_ON_PAPER = "sign_on_paper"
    END = "end"
    TERMINATE = "terminate"
    VOID = "void"


class WageKind(StrEnum):
    """What the wage is counted by: worker days (计日), months (计月), or pieces (计件)."""

    DAY = "day"
    MONTH = "month"
    PIECE = "piece"


class Method(StrEnum):
    """How a contract was signed."""

    LINK = "link"
    PAPER = "paper"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.REVISE): State.DRAFT,
    (State.DRAFT, Action.OFFER): State.OFFERED,
    (State.DRAFT, Action.SIGN_ON_PAPER): State.SIGNED,
    (State.DRAFT, Action.VOID): State.VOID,
    # offered again: the same paper, a new link
    (State.OFFERED, Action.OFFER): State.OFFERED,
    (State.OFFERED, Action.WITHDRAW): State.DRAFT,
    (State.OFFERED, Action.DECLINE): State.DRAFT,
    (State.OFFERED, Action.SIGN): State.SIGNED,
    (State.OFFERED, Action.SIGN_ON_PAPER): State.SIGNED,
    (State.OFFERED, Action.VOID): State.VOID,
    (State.SIGNED, Action.END): State.ENDED,
    (State.SIGNED, Action.TERMINATE): State.TERMINATED,
}

CONTRACT = StateMachine("contract", State.DRAFT, TRANSITIONS)

BINDING = (State.SIGNED, State.ENDED, State.TERMINATED)
"""States of a contract that binds, or has bound, on the days of its validity."""
