"""The life of a payable as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a payable stands."""

    WITHHELD = "withheld"
    OPEN = "open"
    SETTLED = "settled"


class Action(StrEnum):
    """What can be done with a payable."""

    WITHHOLD = "withhold"
    RELEASE = "release"
    SETTLE = "settle"


class Kind(StrEnum):
    """An invoice (发票), its retention money (质保金), an advance (预付款); a credit (红字) is owed by the supplier."""

    INVOICE = "invoice"
    RETENTION = "retention"
    ADVANCE = "advance"
    CREDIT = "credit"


class BuyerKind(StrEnum):
    """What the law sees in the buyer: a public body (机关、事业单位), a large firm (大型企业), anything else."""

    PUBLIC_BODY = "public_body"
    LARGE_FIRM = "large_firm"
    OTHER = "other"


class TermsRule(StrEnum):
    """How a contract counts: days after acceptance, or days after the end of its month (月结)."""

    AFTER_ACCEPTANCE = "after_acceptance"
    AFTER_MONTH_END = "after_month_end"


class DueBy(StrEnum):
    """Which rule gave the due date; `given`: somebody set the day (an advance), or the defects period ends then."""

    CONTRACT = "contract"
    LAW = "law"
    GIVEN = "given"


class Warned(StrEnum):
    """How near the due date is: seven days or less, the day before, past it."""

    SOON = "soon"
    TOMORROW = "tomorrow"
    OVERDUE = "overdue"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.OPEN, Action.WITHHOLD): State.WITHHELD,
    (State.WITHHELD, Action.RELEASE): State.OPEN,
    (State.WITHHELD, Action.SETTLE): State.SETTLED,
    (State.OPEN, Action.SETTLE): State.SETTLED,
}

PAYABLE = StateMachine("payable", State.OPEN, TRANSITIONS)
