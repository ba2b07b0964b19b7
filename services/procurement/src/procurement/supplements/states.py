"""The life of a supplemental agreement as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a supplement stands. Draft, submitted and proposed ones are open; an agreement has one open at a time."""

    DRAFT = "draft"  # 草稿
    SUBMITTED = "submitted"  # 待审批
    PROPOSED = "proposed"  # 待供应商签署
    SIGNED = "signed"  # 已生效
    DECLINED = "declined"  # 供应商拒签
    WITHDRAWN = "withdrawn"  # 已撤回


class Action(StrEnum):
    """What can be done with a supplement; endorse and propose as with agreements."""

    SUBMIT = "submit"
    ENDORSE = "endorse"
    REJECT = "reject"
    PROPOSE = "propose"
    WITHDRAW = "withdraw"
    SIGN = "sign"
    DECLINE = "decline"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Action.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Action.ENDORSE): State.SUBMITTED,
    (State.SUBMITTED, Action.PROPOSE): State.PROPOSED,
    (State.SUBMITTED, Action.REJECT): State.DRAFT,
    (State.SUBMITTED, Action.WITHDRAW): State.WITHDRAWN,
    (State.PROPOSED, Action.SIGN): State.SIGNED,
    (State.PROPOSED, Action.DECLINE): State.DECLINED,
    (State.PROPOSED, Action.WITHDRAW): State.WITHDRAWN,
}

SUPPLEMENT = StateMachine("supplement", State.DRAFT, TRANSITIONS)
