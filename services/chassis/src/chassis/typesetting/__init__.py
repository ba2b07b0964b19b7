"""Paper → PDF, with Typst, beside the event loop and away from disk and network.

A template sees its own folder, the package `@zhulian/press`, the one font that is bundled, and the texts of the paper
as one JSON input. They arrive as strings and are shown as strings, so `#`, `$` or `\\` in them are letters. PDF/A-2u,
as an archive wants it.

Typst keeps what it has laid out of its last papers, some 0.2 MB a line, so a long paper is set in a process of its own
(`child.py`), whose memory goes with it.
"""

from __future__ import annotations

import asyncio
import sys
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
"""Of a paper that says nothing else, and of one that is set in this process."""
LONGEST = 10_000
"""Lines of the longest paper that there is; it takes some 7 s and 1.7 GB while it is set."""
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


async def typeset(paper: Paper, templates: Path, *, most: int = MOST_LINES) -> bytes:
    """The paper as PDF, the same bytes for the same paper. FailedPrecondition DOCUMENT_TOO_LONG beyond `most` lines."""
    if len(paper.lines) > most:
        raise errors.too_long(len(paper.lines), most)
    if len(paper.lines) > MOST_LINES:
        return await _apart(paper, templates)
    return await asyncio.get_running_loop().run_in_executor(_TYPESETTERS, compiled, paper, templates)


async def _apart(paper: Paper, templates: Path) -> bytes:
    """In a process of its own, which knows nothing of ours but the paper: no environment, no secret."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chassis.typesetting.child", str(templates / f"{paper.template}.typ")),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={},
    )
    try:
        pdf, said = await child.communicate(orjson.dumps(asdict(paper)))
    finally:
        if child.returncode is None:  # nobody waits for it any more
            child.kill()
    if child.returncode != 0:
        raise RuntimeError(f"the typesetter ended with {child.returncode}: {said.decode(errors='replace')[-500:]}")
    return pdf


def compiled(paper: Paper, templates: Path) -> bytes:
    """The same, in this thread; Typst lets go of the interpreter while it works."""
    return printed(templates / f"{paper.template}.typ", orjson.dumps(asdict(paper)))


def printed(template: Path, data: bytes) -> bytes:
    """A template with the JSON of its paper as PDF."""
    pdf: bytes = typst.compile(
        template,
        root=template.parent,
        font_paths=_fonts(),
        package_path=FOLDER / "packages",
        sys_inputs={"data": data.decode()},
        pdf_standards="a-2u",
    )
    return pdf


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONT.parent])
