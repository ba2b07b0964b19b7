"""The life of an agreement as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where an agreement stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PROPOSED = "proposed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Action(StrEnum):
    """What can be done with an agreement.

    Endorse (会签): one step of several approves; the last one proposes it to the supplier.
    """

    REVISE = "revise"
    SUBMIT = "submit"
    ENDORSE = "endorse"
    REJECT = "reject"
    PROPOSE = "propose"
    SIGN = "sign"
    DECLINE = "decline"
    CALL_OFF = "call_off"
    SUPPLEMENT = "supplement"
    SUSPEND = "suspend"
    RESUME = "resume"
    END = "end"


class Kind(StrEnum):
    """What was agreed: fixed quantities (合同), a frame for one buyer (框架协议), or one for a group (集中采购)."""

    CONTRACT = "contract"
    FRAMEWORK = "framework"
    CENTRALISED = "centralised"


class PriceKind(StrEnum):
    """A fixed price, or one that follows the published price (信息价) of a region and month."""

    FIXED = "fixed"
    PUBLISHED = "published"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.REVISE): State.DRAFT,
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Action.END): State.ENDED,
    (State.SUBMITTED, Action.ENDORSE): State.SUBMITTED,
    (State.SUBMITTED, Action.PROPOSE): State.PROPOSED,
    (State.SUBMITTED, Action.REJECT): State.DRAFT,
    (State.SUBMITTED, Action.END): State.ENDED,
    (State.PROPOSED, Action.SIGN): State.ACTIVE,
    (State.PROPOSED, Action.DECLINE): State.DRAFT,
    (State.PROPOSED, Action.END): State.ENDED,
    (State.ACTIVE, Action.CALL_OFF): State.ACTIVE,
    (State.ACTIVE, Action.SUPPLEMENT): State.ACTIVE,
    (State.ACTIVE, Action.SUSPEND): State.SUSPENDED,
    (State.ACTIVE, Action.END): State.ENDED,
    (State.SUSPENDED, Action.SUPPLEMENT): State.SUSPENDED,
    (State.SUSPENDED, Action.RESUME): State.ACTIVE,
    (State.SUSPENDED, Action.END): State.ENDED,
}

AGREEMENT = StateMachine("agreement", State.DRAFT, TRANSITIONS)
