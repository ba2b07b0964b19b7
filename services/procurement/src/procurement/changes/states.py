"""The life of a change as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a change stands. Proposed and offered ones are open; an order has one open change at a time."""

    PROPOSED = "proposed"  # 待审批
    OFFERED = "offered"  # 待供应商确认
    ACCEPTED = "accepted"  # 已生效
    DECLINED = "declined"  # 供应商拒绝
    REJECTED = "rejected"  # 审批不通过
    WITHDRAWN = "withdrawn"  # 已撤回


class Action(StrEnum):
    """What can be done with a change. One that costs no more than before is offered at once, without approval.

    Endorse (会签): one step of several approves.
    """

    OFFER = "offer"
    ENDORSE = "endorse"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    DECLINE = "decline"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.PROPOSED, Action.OFFER): State.OFFERED,
    (State.PROPOSED, Action.ENDORSE): State.PROPOSED,
    (State.PROPOSED, Action.APPROVE): State.OFFERED,
    (State.PROPOSED, Action.REJECT): State.REJECTED,
    (State.PROPOSED, Action.WITHDRAW): State.WITHDRAWN,
    (State.OFFERED, Action.ACCEPT): State.ACCEPTED,
    (State.OFFERED, Action.DECLINE): State.DECLINED,
    (State.OFFERED, Action.WITHDRAW): State.WITHDRAWN,
}

CHANGE = StateMachine("change", State.PROPOSED, TRANSITIONS)
