"""Answers that carry a secret: shown to the first caller, never stored.

The answer under an Idempotency-Key is kept for replays, so it is stored with an empty secret; a caller who lost the
first answer asks for a new secret.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import orjson
from fastapi import Response
from pydantic import BaseModel

from chassis.http.edge import Edge
from chassis.work import Work

R = TypeVar("R")
S = TypeVar("S", str, dict[str, str])


async def write_once(
    edge: Edge,
    use_case: Callable[[Work], Awaitable[tuple[R, S]]],
    present: Callable[[R], BaseModel],
    *,
    field: str,
    status: int = 200,
) -> Response:
    """`edge.write` for a use case that answers a row and a secret; the secret goes into `field` of the answer.

    A batch answers its secrets by id; what `present` makes has the field empty.
    """
    secret: S | None = None

    async def run(work: Work) -> R:
        nonlocal secret
        result, secret = await use_case(work)
        return result

    response = await edge.write(run, present, status=status)
    if "idempotency-replayed" in response.headers:
        return response
    document = orjson.loads(response.body)
    document[field] = secret
    headers = {name: value for name, value in response.headers.items() if name == "etag"}
    headers["Cache-Control"] = "no-store"
    return Response(orjson.dumps(document), response.status_code, headers, media_type="application/json")
