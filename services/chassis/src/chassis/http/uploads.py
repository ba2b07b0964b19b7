"""How a route that reads a file says so in the OpenAPI document (FastAPI sees no body model there)."""

from __future__ import annotations

from typing import Any


def upload(content_type: str, *, example: str) -> dict[str, Any]:
    """`openapi_extra` for a route whose body is a file of this content type, read with `edge.body`."""
    return uploads({content_type: example})


def uploads(examples: dict[str, str]) -> dict[str, Any]:
    """The same for a route that takes several content types; content type → example."""
    schema = {"type": "string", "format": "binary"}
    content = {content_type: {"schema": schema, "example": example} for content_type, example in examples.items()}
    return {"requestBody": {"required": True, "content": content}}


def download(example: str) -> dict[int | str, dict[str, Any]]:
    """`responses` for a route that answers with `edge.download`: bytes of whatever media type the file has."""
    schema = {"type": "string", "format": "binary"}
    return {200: {"description": "The file.", "content": {"*/*": {"schema": schema, "example": example}}}}
