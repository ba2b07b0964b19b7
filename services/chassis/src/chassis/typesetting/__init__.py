"""Paper → PDF, with Typst, beside the event loop and away from disk and network.

A template sees its own folder, the package `@zhulian/press`, the one font that is bundled, and the texts of the paper
as one JSON input. They arrive as strings and are shown as strings, so `#`, `$` or `\\` in them are letters. PDF/A-2u,
as an archive wants it.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Protocol

import orjson
import typst

from chassis.typesetting import errors

PDF = "application/pdf"
FOLDER = Path(__file__).parent
FONT = FOLDER / "data" / "NotoSansCJKsc-Regular.otf"
MOST_LINES = 1_000
_TYPESETTERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="typeset")
"""Two papers at a time, the others wait: Typst fills a core, and the requests beside it need the other."""


@dataclass(frozen=True, slots=True)
class PrintedOrganisation:
    """An organisation as `@zhulian/press` prints it; "" for what is not known, which is then written by hand."""

    id: str
    name: str = ""
    uscc: str = ""


class Paper(Protocol):
    """A document as a dataclass of texts that are ready to print; `template` names its file `.typ`."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    template: ClassVar[str]

    @property
    def lines(self) -> tuple[Any, ...]:
        """The rows of its table."""
        ...


async def typeset(paper: Paper, templates: Path) -> bytes:
    """The paper as PDF, the same bytes for the same paper. FailedPrecondition DOCUMENT_TOO_LONG beyond MOST_LINES."""
    if len(paper.lines) > MOST_LINES:
        raise errors.too_long(len(paper.lines), MOST_LINES)
    return await asyncio.get_running_loop().run_in_executor(_TYPESETTERS, compiled, paper, templates)


def compiled(paper: Paper, templates: Path) -> bytes:
    """The same, in this thread; Typst lets go of the interpreter while it works."""
    pdf: bytes = typst.compile(
        templates / f"{paper.template}.typ",
        root=templates,
        font_paths=_fonts(),
        package_path=FOLDER / "packages",
        sys_inputs={"data": orjson.dumps(asdict(paper)).decode()},
        pdf_standards="a-2u",
    )
    return pdf


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONT.parent])
