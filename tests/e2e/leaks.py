"""Everything that the stack keeps and says, as texts by place; and the personal data and secrets that are in them."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatch
from typing import Any

import asyncpg
import pypdf
from pypdf.errors import PyPdfError

from infra.demo.acts.workers import COUNT, worker
from infra.demo.crew import account_number, people
from infra.places import CODES, LOCAL
from tests.e2e.conftest import Played, Stack

NOT_READ = {
    "keycloak": "the distribution of Keycloak",
    "venv": "libraries",
    "mypy": "a cache of the type checker",
    "pytest": "a cache of the tests",
    "postgres": "the databases: their rows are read instead",
}
"""Folders of `.local` whose files are not read, and why."""

_LONG = re.compile(r"\d{11,}[0-9Xx]?")
_APART = re.compile(r"(?<=\d)[ -](?=\d)")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True, slots=True)
class Hit:
    """That a text holds a value of a kind; the value itself is not shown in a test's output."""

    place: str
    kind: str


def secrets(played: Played, codes: Iterable[str]) -> dict[str, frozenset[str]]:
    """By kind all that must not be found: of the crew, of the 200 of the batch, of links and phones.

    A code has six digits, as many harmless figures have: it is looked for as a text of its own, and in its message.
    """
    code, today = str(played.props["code"]), date.fromisoformat(played.props["today"])
    batch = [worker(index, today) for index in range(COUNT)]
    crew = people(code)
    return {
        "number": frozenset({*(one.number for one in crew), *(row["id_card_number"] for row in batch)}),
        "phone": frozenset({*(one.phone for one in crew), *(row["cell_phone"] for row in batch)}),
        "card": frozenset(
            {
                *(card for one in crew for card in (one.card, one.new_card)),
                *(row["payroll_bank_card_number"] for row in batch),
                account_number(code),
            }
        ),
        "name": frozenset({*(one.name for one in crew), *(row["name"] for row in batch if row["name"])}),
        "link": frozenset(played.props["links"]),
        "code": frozenset(text for one in codes for text in (f'"{one}"', f"'{one}'", f"验证码 {one}", f"code {one}")),
    }


def codes_sent() -> list[str]:
    """Every code that lies in the folder of the stack's sender."""
    return [json.loads(file.read_bytes())["code"] for file in CODES.glob("*.json")]


def found(texts: Mapping[str, str], wanted: Mapping[str, Iterable[str]]) -> list[Hit]:
    """What each text holds, also with blanks between digits, or escaped as JSON may be."""
    return [hit for place, text in texts.items() for hit in _in(place, text, wanted)]


def _in(place: str, text: str, wanted: Mapping[str, Iterable[str]]) -> Iterator[Hit]:
    plain = _ESCAPED.sub(lambda one: chr(int(one[1], 16)), text) if "\\u" in text else text
    # What is looked for is long: of a text of megabytes little is left to look through.
    runs = {run.upper() for run in (*_LONG.findall(plain), *_LONG.findall(_APART.sub("", plain)))}
    digits = "\n".join(runs)
    for kind, values in wanted.items():
        if kind == "phone":  # eleven digits may well be part of an instant in nanoseconds
            hit = any(runs & {value, f"86{value}"} for value in values)
        else:
            within = digits if kind in ("number", "card") else plain
            hit = any(value in within for value in values)
        if hit:
            yield Hit(place, kind)


def not_allowed(hits: Iterable[Hit], allowed: Mapping[tuple[str, str], str]) -> list[Hit]:
    """The hits for which no (pattern of the place, kinds) gives a reason."""
    return [
        hit
        for hit in hits
        if not any(fnmatch(hit.place, place) and hit.kind in kinds.split() for place, kinds in allowed)
    ]


async def rows_of(stack: Stack) -> dict[str, str]:
    """Every column of every table of every service, whatever its name: facts, audit, jobs, answers, errors, rows."""
    texts: dict[str, str] = {}
    for service in stack.content["services"]:
        connection = await asyncpg.connect(stack.database(service))
        try:
            tables = await connection.fetch(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
                "AND NOT relispartition ORDER BY relname"
            )
            for (table,) in tables:
                for column, text in _columns(await connection.fetch(f'SELECT * FROM "{table}"')).items():
                    texts[f"{service}.{table}.{column}"] = text
        finally:
            await connection.close()
    return texts


def _columns(rows: list[asyncpg.Record]) -> dict[str, str]:
    if not rows:
        return {}
    return {name: "\n".join({_text(row[name]) for row in rows}) for name in rows[0].keys()}  # noqa: SIM118


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def files_of() -> dict[str, str]:
    """Every file below `.local`, what is printed in PDFs and workbooks read: logs, spans, metrics, streams, uploads."""
    texts = {}
    for file in sorted(LOCAL.rglob("*")):
        place = file.relative_to(LOCAL)
        if place.parts[0] in NOT_READ or not file.is_file():
            continue
        texts[str(place)] = readable(file.read_bytes())
    return texts


def readable(content: bytes) -> str:
    """The text of a file: of a PDF what is printed on its pages, of a workbook its parts."""
    if content.startswith(b"%PDF-"):
        try:
            return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
        except PyPdfError:
            return content.decode("utf-8", "replace")  # the demo's scans are no more than a heading
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return content.decode("utf-8", "replace")
