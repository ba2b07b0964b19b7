"""What a reader can copy out of a PDF."""

from __future__ import annotations

import io
import re

from pypdf import PdfReader


def pages(pdf: bytes, *wanted: int) -> list[str]:
    """The text of each page, or of these, without blanks and line ends."""
    found = PdfReader(io.BytesIO(pdf)).pages
    return [re.sub(r"\s|\u200b", "", found[one].extract_text()) for one in wanted or range(len(found))]


def text(pdf: bytes) -> str:
    """The text of all pages."""
    return "".join(pages(pdf))
