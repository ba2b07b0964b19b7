"""Why a search is refused."""

from __future__ import annotations

from chassis.errors import InvalidArgument, Violation


def too_short() -> InvalidArgument:
    """No word of the query has two characters."""
    zh, en = "至少一个词须有两个字符", "one word needs at least two characters"
    return InvalidArgument(
        "QUERY_TOO_SHORT", zh=f"{zh}。", en=f"{en}.", violations=[Violation("query:q", "QUERY_TOO_SHORT", zh=zh, en=en)]
    )
