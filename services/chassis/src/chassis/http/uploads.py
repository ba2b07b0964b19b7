"""How a route that takes or answers a file is described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_BINARY = {"type": "string", "format": "binary"}


def upload(examples: Mapping[str, str]) -> dict[str, Any]:
    """`openapi_extra` for a route whose body is a file: content types that are taken, each with an example."""
    return {"requestBody": {"required": True, "content": _content(examples)}}


def download(examples: Mapping[str, str]) -> dict[int | str, dict[str, Any]]:
    """`responses` for a route that answers a file: content types, each with an example."""
    return {200: {"description": "The file.", "content": _content(examples)}}


def _content(examples: Mapping[str, str]) -> dict[str, Any]:
    return {content_type: {"schema": _BINARY, "example": example} for content_type, example in examples.items()}
