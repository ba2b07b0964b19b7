"""The one way a JSON body is read. What it lets through, every other JSON reader understands in
the same way.
"""

from __future__ import annotations

from typing import Any

import orjson

from chassis.errors import PayloadTooLarge
from chassis.http.faults import malformed_json

MAX_DEPTH = 32
"""Objects and arrays inside each other; the deepest schema of the platform has six."""


def parse_json(raw: bytes) -> Any:
    """The document in `raw`.

    MalformedRequest JSON_MALFORMED for what RFC 8259 does not allow: NaN and infinities (also 1e400), bytes
    that are not UTF-8, lone surrogates, a byte order mark, more after the end. PayloadTooLarge JSON_TOO_DEEP
    beyond MAX_DEPTH. Of a repeated key the last value counts, for validation and for the idempotency
    fingerprint alike.
    """
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        if "depth limit" in error.msg or "ecursion" in error.msg:
            raise _too_deep() from None
        raise malformed_json(
            zh=f"请求内容不是有效的 JSON(第 {error.lineno} 行第 {error.colno} 列)。",
            en=f"The body is not valid JSON (line {error.lineno}, column {error.colno}).",
        ) from None
    # Counting brackets is an upper bound for the depth and costs nothing; most bodies need no walk.
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH and _deeper_than(document, MAX_DEPTH):
        raise _too_deep()
    return document


def _deeper_than(document: Any, limit: int) -> bool:
    level = [document] if isinstance(document, dict | list) else []
    for _ in range(limit):
        if not level:
            return False
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node)
            if type(child) is dict or type(child) is list
        ]
    return bool(level)


def _too_deep() -> PayloadTooLarge:
    return PayloadTooLarge(
        "JSON_TOO_DEEP",
        zh=f"JSON 嵌套超过 {MAX_DEPTH} 层。",
        en=f"The JSON is nested more than {MAX_DEPTH} levels deep.",
        metadata={"limit": str(MAX_DEPTH)},
    )
