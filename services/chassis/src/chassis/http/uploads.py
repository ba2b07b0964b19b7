"""How a route that reads a file says so in the OpenAPI document (FastAPI sees no body model there)."""

from __future__ import annotations

from typing import Any


def upload(content_type: str, *, example: str) -> dict[str, Any]:
    """`openapi_extra` for a route whose body is a file of this content type, read with `edge.body`."""
    schema = {"type": "string", "format": "binary"}
    return {"requestBody": {"required": True, "content": {content_type: {"schema": schema, "example": example}}}}
