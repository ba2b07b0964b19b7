"""Files in and out: how a route says so in the OpenAPI document (FastAPI sees no body model there)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_BINARY = {"type": "string", "format": "binary"}


def upload(content_type: str, *, example: str, also: Mapping[str, str] | None = None) -> dict[str, Any]:
    """`openapi_extra` for a route whose body is a file of this content type, read with `edge.body`.

    `also` holds the other types that are taken, each with its example.
    """
    return {"requestBody": {"required": True, "content": _content({content_type: example, **(also or {})})}}


def download(examples: Mapping[str, str]) -> dict[int | str, dict[str, Any]]:
    """`responses` for a route that answers a file (`edge.download`): content types, each with an example."""
    return {200: {"description": "The file.", "content": _content(examples)}}


def _content(examples: Mapping[str, str]) -> dict[str, Any]:
    return {content_type: {"schema": _BINARY, "example": example} for content_type, example in examples.items()}
