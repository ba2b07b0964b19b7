"""What the breaks slice refuses for."""

from __future__ import annotations

from datetime import date

from chassis.errors import AlreadyExists, InvalidArgument, Violation, invalid


def not_ahead() -> InvalidArgument:
    """Days that have begun are counted by the rule that they began with."""
    return invalid(Violation("/valid_from", "NOT_IN_FUTURE", "须晚于今天。", "It must lie after today."))


def begins_before(valid_from: date) -> AlreadyExists:
    """A later rule stands."""
    return AlreadyExists(
        "BREAK_RULE_LATER",
        zh=f"本项目已有自 {valid_from} 起的休息规则。",
        en=f"The project has a break rule from {valid_from} on already.",
        metadata={"valid_from": valid_from.isoformat()},
    )
