"""The life of a guarantee as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a guarantee stands."""

    ACTIVE = "active"
    RELEASED = "released"
    CLAIMED = "claimed"
    EXPIRED = "expired"


class Action(StrEnum):
    """What can be done with a guarantee."""

    EXTEND = "extend"
    RELEASE = "release"
    CLAIM = "claim"
    EXPIRE = "expire"


class Kind(StrEnum):
    """What it secures."""

    PERFORMANCE = "performance"  # 履约保证
    ADVANCE_PAYMENT = "advance_payment"  # 预付款保证
    QUALITY = "quality"  # 质量保证
    PAYMENT = "payment"  # 支付保证


class Form(StrEnum):
    """How it is given."""

    BANK_GUARANTEE = "bank_guarantee"  # 银行保函
    INSURANCE_BOND = "insurance_bond"  # 保证保险
    CASH_DEPOSIT = "cash_deposit"  # 现金保证金


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.ACTIVE, Action.EXTEND): State.ACTIVE,
    (State.ACTIVE, Action.RELEASE): State.RELEASED,
    (State.ACTIVE, Action.CLAIM): State.CLAIMED,
    (State.ACTIVE, Action.EXPIRE): State.EXPIRED,
}

GUARANTEE = StateMachine("guarantee", State.ACTIVE, TRANSITIONS)
