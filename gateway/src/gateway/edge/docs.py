"""The documentation page: own HTML, CSS and JS, and Swagger UI 5 out of a wheel; nothing from a CDN."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

_STATIC: Final = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class Page:
    """One file of the page: its bytes and content type."""

    body: bytes
    media_type: bytes


@cache
def pages() -> dict[str, Page]:
    """Path → file, read once."""
    swagger_ui = files("fastapi_offline") / "static"
    css, javascript = b"text/css; charset=utf-8", b"text/javascript; charset=utf-8"
    return {
        "/docs": Page((_STATIC / "docs.html").read_bytes(), b"text/html; charset=utf-8"),
        "/docs/docs.css": Page((_STATIC / "docs.css").read_bytes(), css),
        "/docs/docs.js": Page((_STATIC / "docs.js").read_bytes(), javascript),
        "/docs/swagger-ui.css": Page((swagger_ui / "swagger-ui.css").read_bytes(), css),
        "/docs/swagger-ui-bundle.js": Page((swagger_ui / "swagger-ui-bundle.js").read_bytes(), javascript),
    }
