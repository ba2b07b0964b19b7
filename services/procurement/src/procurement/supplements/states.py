"""The life of a supplemental agreement as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a supplement stands. Drafts and proposed ones are open; an agreement has one open supplement at a time."""

    DRAFT = "draft"  # 草稿
    PROPOSED = "proposed"  # 待供应商签署
    SIGNED = "signed"  # 已生效
    DECLINED = "declined"  # 供应商拒签
    WITHDRAWN = "withdrawn"  # 已撤回


class Action(StrEnum):
    """What can be done with a supplement."""

    PROPOSE = "propose"
    WITHDRAW = "withdraw"
    SIGN = "sign"
    DECLINE = "decline"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.PROPOSE): State.PROPOSED,
    (State.DRAFT, Action.WITHDRAW): State.WITHDRAWN,
    (State.PROPOSED, Action.SIGN): State.SIGNED,
    (State.PROPOSED, Action.DECLINE): State.DECLINED,
    (State.PROPOSED, Action.WITHDRAW): State.WITHDRAWN,
}

SUPPLEMENT = StateMachine("supplement", State.DRAFT, TRANSITIONS)
