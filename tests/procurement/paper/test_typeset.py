"""Paper → PDF: what is printed, and what a text cannot do."""

from __future__ import annotations

import asyncio
import io
import json
import re
import signal
import time
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from chassis import typesetting
from chassis.errors import FailedPrecondition
from chassis.typesetting import FOLDER, FONT, MOST_LINES
from procurement.agreements.states import Kind as AgreementKind
from procurement.agreements.states import State as AgreementState
from procurement.deliveries.states import State as DeliveryState
from procurement.orders.states import Origin
from procurement.orders.states import State as OrderState
from procurement.paper.rules import AGREEMENT_MARKS, DELIVERY_MARKS, ORDER_MARKS, STATEMENT_MARKS, SUPPLEMENT_MARKS
from procurement.paper.service import TEMPLATES
from procurement.statements.states import State as StatementState
from procurement.statements.states import View
from procurement.supplements.states import State as SupplementState
from tests.procurement.paper.samples import LINE, order

compiled = partial(typesetting.compiled, templates=TEMPLATES)
typeset = partial(typesetting.typeset, templates=TEMPLATES)

RARE = "㛃𬎆𠅤"
MARKUP = [
    "#let x = 1",
    '#read("words.json")',
    "#sys.inputs.data",
    "$a^2 / b$",
    "\\ *strong* _emph_ `raw`",
    "= Heading",
    "@label <label>",
    "// comment",
    "/* comment */",
    '#import "@preview/cetz:0.3.0"',
    '"}) ]',
]


def text(pdf: bytes) -> str:
    """What a reader of the PDF can copy out, without line ends."""
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize("written", MARKUP)
def test_what_people_write_is_printed_and_never_read_as_markup(written: str) -> None:
    paper = order(note=written, lines=(replace(LINE, material=written),))
    squeezed = re.sub(r"\s|\u200b", "", text(compiled(paper)))
    assert squeezed.count(re.sub(r"\s", "", written)) == 2


def without_glyph(characters: str) -> list[str]:
    """Those that the bundled font cannot draw."""
    with TTFont(FONT, lazy=True) as font:
        glyphs = font.getBestCmap()
    return [one for one in characters if ord(one) not in glyphs]


def test_rare_characters_of_names_have_glyphs() -> None:
    assert without_glyph(RARE) == []
    assert RARE in text(compiled(order(note=RARE)))


def test_what_the_font_lacks_is_found() -> None:
    assert without_glyph("圆\U0002fa20") == ["\U0002fa20"]


def test_the_font_is_in_the_file() -> None:
    [page] = PdfReader(io.BytesIO(compiled(order()))).pages
    fonts = page["/Resources"]["/Font"].values()  # type: ignore[index]
    names = [font.get_object()["/BaseFont"] for font in fonts]
    assert names
    assert all("NotoSansCJKsc" in name for name in names)


@pytest.mark.parametrize(("language", "page"), [("zh-CN", "第 2 页 / 共 2 页"), ("en", "Page 2 of 2")])
def test_pages_are_numbered_and_the_head_of_the_table_stands_on_each(language: str, page: str) -> None:
    found = PdfReader(io.BytesIO(compiled(order(language=language, lines=(LINE,) * 60)))).pages
    assert len(found) == 2
    assert page in found[1].extract_text()
    head = "名称与规格" if language == "zh-CN" else "Name and specification"
    assert all(head in one.extract_text() for one in found)


def test_a_draft_is_marked_in_both_languages_and_an_order_that_binds_is_not() -> None:
    assert "草稿" in text(compiled(order(mark="draft")))
    assert "DRAFT" in text(compiled(order(mark="draft", language="en")))
    assert "DRAFT" not in text(compiled(order(language="en")))


def test_parties_and_places_to_sign_are_printed() -> None:
    printed = text(compiled(order()))
    for wanted in ("采购方", "鹏城钢材", "91440300MA5ABCDE1H", "签字盖章", "签字 / 日期", "49,375.00", "PO-7"):
        assert wanted in printed


def test_a_paper_is_the_same_whenever_it_is_printed() -> None:
    assert compiled(order()) == compiled(order())


def test_words_of_64_letters_stay_in_their_cells() -> None:
    short = len(PdfReader(io.BytesIO(compiled(order()))).pages)
    long = replace(LINE, material="W" * 500, unit="x" * 16)
    pages = PdfReader(io.BytesIO(compiled(order(lines=(long,), note="N" * 2000)))).pages
    assert short <= len(pages) <= 2


def test_both_languages_say_the_same_words() -> None:
    words = json.loads((TEMPLATES / "words.json").read_text(encoding="utf-8"))
    chinese, english = words["zh-CN"], words["en"]
    assert chinese.keys() == english.keys()
    for one in (chinese, english):
        assert set(one["marks"]) == {
            *ORDER_MARKS.values(),
            *DELIVERY_MARKS.values(),
            *AGREEMENT_MARKS.values(),
            *STATEMENT_MARKS.values(),
            *SUPPLEMENT_MARKS.values(),
        }
        assert set(one["states"]) >= {*OrderState, *DeliveryState, *AgreementState, *StatementState, *SupplementState}
        assert set(one["states"]) >= {*View, *Origin}
        assert set(one) >= set(AgreementKind)


def test_templates_read_nothing_from_outside() -> None:
    known = {"import": {"common.typ", "@zhulian/press:1.0.0"}, "read": {"words.json"}}
    templates = [*TEMPLATES.glob("*.typ"), *FOLDER.rglob("*.typ")]
    assert len(templates) > 5
    for template in templates:
        source = template.read_text(encoding="utf-8")
        assert set(re.findall(r'(?:import|include)\s+"([^"]*)"', source)) <= known["import"]
        called = re.findall(r'\b(?:read|json|csv|xml|yaml|toml|cbor|image|plugin)\("([^"]*)"', source)
        assert set(called) <= known["read"]
        assert "eval" not in source


async def test_more_lines_than_a_paper_takes_are_refused() -> None:
    with pytest.raises(FailedPrecondition, match="DOCUMENT_TOO_LONG"):
        await typeset(order(lines=(LINE,) * (MOST_LINES + 1)))


async def test_a_long_paper_is_set_apart_and_is_the_same_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process of its own, which is told nothing but the paper, and whose memory goes with it."""
    paper = order(lines=(LINE,) * 3)
    here = compiled(paper)
    monkeypatch.setattr(typesetting, "MOST_LINES", 2)
    monkeypatch.setattr(typesetting, "compiled", None)  # so that it cannot be set in this process
    assert await typeset(paper, most=3) == here
    with pytest.raises(FailedPrecondition, match="DOCUMENT_TOO_LONG"):
        await typeset(paper, most=2)


async def test_a_process_that_fails_is_an_error_and_a_paper_that_nobody_waits_for_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(typesetting, "MOST_LINES", 2)
    with pytest.raises(RuntimeError, match=r"the typesetter ended with 1: [\s\S]*no such word"):
        await typeset(replace(order(lines=(LINE,) * 3), language="no such word"), most=3)
    started: asyncio.Queue[asyncio.subprocess.Process] = asyncio.Queue()
    start = asyncio.create_subprocess_exec

    async def noted(*command: str, **more: Any) -> asyncio.subprocess.Process:
        assert more["env"] == {}, "no secret of ours goes there"
        child = await start(*command, **more)
        started.put_nowait(child)
        return child

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    task = asyncio.create_task(typeset(order(lines=(LINE,) * 3), most=3))
    child = await started.get()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await child.wait() == -signal.SIGKILL


async def test_the_event_loop_runs_on_while_a_paper_is_typeset() -> None:
    lines = tuple(replace(LINE, position=str(one), code=f"{one:08}") for one in range(500))
    task = asyncio.create_task(typeset(order(lines=lines)))
    longest = 0.0
    while not task.done():
        begun = time.perf_counter()
        await asyncio.sleep(0)
        longest = max(longest, time.perf_counter() - begun)
    begun = time.perf_counter()
    await typeset(order(lines=lines, number="PO-8"))
    assert longest < (time.perf_counter() - begun) / 2
