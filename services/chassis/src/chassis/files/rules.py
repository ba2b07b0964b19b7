"""What a file is, by its own bytes; pure."""

from __future__ import annotations

from enum import StrEnum


class MediaType(StrEnum):
    """The content types that are taken."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


EXTENSIONS: dict[MediaType, tuple[str, ...]] = {
    MediaType.PDF: (".pdf",),
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.PNG: (".png",),
    MediaType.XLSX: (".xlsx",),
}

BEGINNINGS: dict[MediaType, bytes] = {
    MediaType.PDF: b"%PDF-",
    MediaType.JPEG: b"\xff\xd8\xff",
    MediaType.PNG: b"\x89PNG\r\n\x1a\n",
    MediaType.XLSX: b"PK\x03\x04",
}
"""Magic bytes (ISO 32000-2, ITU-T T.81, W3C PNG, APPNOTE.TXT 4.3.7)."""

WORKBOOK = frozenset({"[Content_Types].xml", "xl/workbook.xml"})
"""What every workbook has inside its ZIP (ECMA-376 part 2 and 1); any other ZIP has not."""


def fits_name(kind: MediaType, name: str) -> bool:
    """Whether a file name ends as files of this type do, in any case."""
    return name.lower().endswith(EXTENSIONS[kind])


def fits_content(kind: MediaType, head: bytes, members: frozenset[str]) -> bool:
    """Whether the bytes are of this type; `members` are the names inside when it is a ZIP."""
    return head.startswith(BEGINNINGS[kind]) and (kind is not MediaType.XLSX or members >= WORKBOOK)
