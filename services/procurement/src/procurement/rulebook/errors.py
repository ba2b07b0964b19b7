"""What the rulebook refuses for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, Violation, invalid
from chassis.values import decimal_text


def year_unknown(year: int) -> NotFound:
    """No calendar of this year is kept."""
    return NotFound(
        "CALENDAR_YEAR_NOT_FOUND",
        zh=f"没有 {year} 年的工作日历。",
        en=f"There is no working-day calendar of {year}.",
        metadata={"year": str(year)},
    )


def calendar_ends(year: int) -> FailedPrecondition:
    """A deadline would be counted over days of which nobody knows whether they are worked."""
    return FailedPrecondition(
        "CALENDAR_ENDS",
        zh=f"工作日历不含 {year} 年,无法计算工作日。",
        en=f"The working-day calendar does not reach {year}; working days cannot be counted there.",
        metadata={"year": str(year)},
    )


def rule_not_set(kind: str, on: date) -> NotFound:
    """Neither the organisation nor the platform had such a rule on that day."""
    return NotFound(
        "RULE_NOT_SET",
        zh=f"{on.isoformat()} 没有生效的规则 {kind}。",
        en=f"No rule {kind} was in force on {on.isoformat()}.",
        metadata={"kind": kind, "on": on.isoformat()},
    )


def in_the_past(today: date) -> InvalidArgument:
    """A rule for days that are over would change what was decided on them."""
    return invalid(
        Violation(
            "/valid_from",
            "RULE_IN_THE_PAST",
            zh=f"规则最早从今天({today.isoformat()})起生效。",
            en=f"A rule counts from today ({today.isoformat()}) at the earliest.",
        )
    )


def over_the_cap(most: Decimal, source: str) -> InvalidArgument:
    """More than a law (or the platform) lets anybody set."""
    return invalid(
        Violation(
            "/value",
            "OVER_THE_CAP",
            zh=f"最多 {decimal_text(most)}。依据:{source}",
            en=f"At most {decimal_text(most)}; source: {source}",
        )
    )


def no_branches(kind: str) -> InvalidArgument:
    """Only a tolerance differs by branch of the catalogue."""
    return invalid(
        Violation(
            "/material_prefix",
            "NO_BRANCHES",
            zh=f"规则 {kind} 不按材料类别区分。",
            en=f"The rule {kind} does not differ by material.",
        )
    )


def said_by_terms() -> InvalidArgument:
    """Days and retention are payment terms."""
    return invalid(
        Violation(
            "/kind",
            "SAID_BY_TERMS",
            zh="付款期限与质保金比例请在付款条件中设定。",
            en="Days and retention are set as payment terms.",
        )
    )
