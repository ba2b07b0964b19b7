"""Which of the two languages a caller reads (RFC 9110, Accept-Language)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import Query

if TYPE_CHECKING:
    from chassis.http.edge import Edge

CHINESE = "zh-CN"
ENGLISH = "en"


@lru_cache(maxsize=256)
def preferred_language(accept_language: str | None) -> str:
    """`en` when English is asked for before Chinese; `zh-CN` otherwise, also for nonsense."""
    if not accept_language:
        return CHINESE
    weights = {CHINESE: 0.0, ENGLISH: 0.0}
    for item in accept_language.split(",")[:20]:
        tag, _, parameters = item.partition(";")
        primary = tag.strip().lower().partition("-")[0]
        language = {"zh": CHINESE, "en": ENGLISH}.get(primary)
        if language is not None:
            weights[language] = max(weights[language], _weight(parameters))
    return ENGLISH if weights[ENGLISH] > weights[CHINESE] else CHINESE


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


Language = Annotated[Literal["zh-CN", "en"] | None, Query(description="Goes before Accept-Language.")]
"""In which language a file is written."""


def language_of(asked: str | None, edge: Edge) -> str:
    """The language that is asked for, by the query or else by Accept-Language."""
    return asked or preferred_language(edge.request.headers.get("accept-language"))
