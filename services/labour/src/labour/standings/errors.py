"""What the standings slice refuses for."""

from __future__ import annotations

from chassis.errors import InvalidArgument, Violation, invalid


def too_many(most: int) -> InvalidArgument:
    """More organisations than one question may name."""
    return invalid(
        Violation(
            "/organisation_ids", "TOO_LONG", f"一次最多查询{most}家单位。", f"At most {most} organisations at once."
        )
    )
