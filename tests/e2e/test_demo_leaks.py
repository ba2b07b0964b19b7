"""After the demo nothing of a person, no link and no code stands where it does not belong: a search through everything.

What is read: every file below `.local` and every row of every database, so a new log, stream or table is in it by
itself. What may hold something is named below with its reason; everything else must hold nothing.
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest
import requests
import typst

from chassis.tabular import CSV, write_xlsx
from infra.contracts import openapi
from infra.contracts.paths import ROOT
from tests.e2e import leaks
from tests.e2e.conftest import Played, Stack
from tests.e2e.leaks import Hit
from tests.exported import lists

pytestmark = pytest.mark.timeout(1200)

ALLOWED = {
    ("labour.workers.name", "name"): "the register itself: whom the employer employs",
    ("labour.workers.cell_phone", "phone"): "the register itself: where codes and calls go",
    ("labour.payroll_lines.worker_name", "name"): "the ledger of 条例 art 15 names the worker as he was called then",
    ("labour.payout_rows.payee_name", "name"): "the transfer as it was ordered, part of the same ledger",
    ("labour.payees.name", "name"): "to whom wages go instead, as the evidence says",
    (
        "labour.idempotency_keys.body",
        "name",
    ): "an answer to the employer's own request, kept 48 hours for its repetition",
    ("labour-files/*", "name"): "contracts at rest: a contract names its parties; numbers are masked on it",
    ("papers/*/evidence-*.pdf", "name"): "the inspector's report, which the demo took; numbers are masked on papers",
    ("papers/*/roster.pdf", "name"): "the employer's roster, likewise",
    ("papers/*/wage-sheet.pdf", "name"): "the sheet that the workers sign, likewise",
    ("papers/*/pay-slip.pdf", "name"): "a worker's slip, likewise",
    ("codes/*.json", "phone code"): "stands for the workers' phones; readable by its owner alone",
    ("authority/*.jsonl", "number phone name"): "stands for the authority's own database: what was filed with it",
    (
        "demo.json",
        "name link",
    ): "the demo's own notes, for these tests: answers to its callers, the links it handed out",
}
"""(Where, kinds) → why."""

READ = (
    *("logs/labour.log", "logs/gateway.log", "logs/postgres.log", "logs/authority.log"),
    *("telemetry/labour.spans.jsonl", "telemetry/labour.metrics.jsonl", "telemetry/gateway.spans.jsonl"),
    *("labour.outbox.payload", "labour.audit.after", "labour.pgqueuer.entrypoint", "labour.pgqueuer_log.traceback"),
    *("labour.idempotency_keys.body", "gateway.idempotency_keys.body", "labour.filing_receipts.text"),
    *("project-mgmt.inbox.event_id", "labour.link_codes.phone", "labour.people.id_number"),
)
"""Places that the search must have come by."""

CALLERS = (("labour2", "labour_clerk"), ("contractor", "labour_clerk"), ("contractor", "accountant"))


@pytest.fixture(scope="module")
def wanted(played: Played) -> dict[str, frozenset[str]]:
    """What is looked for."""
    found = leaks.secrets(played, leaks.codes_sent())
    assert {kind: len(values) > 10 for kind, values in found.items()} == dict.fromkeys(found, True)
    return found


async def test_nothing_stands_where_it_does_not_belong(
    stack: Stack, played: Played, wanted: dict[str, frozenset[str]]
) -> None:
    texts = leaks.files_of() | await leaks.rows_of(stack)
    assert [place for place in READ if place not in texts] == []
    # The streams can be read: the fact of the project's registration names its code.
    assert any(place.startswith("nats/") and played.props["code"] in text for place, text in texts.items())
    hits = leaks.found(texts, wanted)
    assert leaks.not_allowed(hits, ALLOWED) == []
    # But for the notes of the demo, which another play may have written anew.
    needless = [one for one in _each(ALLOWED) if leaks.not_allowed(hits, {one: ""}) == hits and one[0] != "demo.json"]
    assert needless == []


def _each(allowed: dict[tuple[str, str], str]) -> list[tuple[str, str]]:
    """Every place with every kind that it may hold."""
    return [(place, kind) for place, kinds in allowed for kind in kinds.split()]


def test_no_export_holds_a_number(stack: Stack, played: Played, wanted: dict[str, frozenset[str]]) -> None:
    """Every list of labour as a file, as those who may see the crew take it; of a person it holds names alone."""
    document = orjson.loads((ROOT / "services" / "labour" / "openapi.json").read_bytes())
    names = lists(document)
    tokens = {caller: stack.token(*caller) for caller in CALLERS}
    texts = {}
    for _, path, operation in openapi.operations(document):
        if operation["operationId"] not in names or "{" in path:
            continue
        for caller, token in tokens.items():
            answer = _file(stack, path, operation, token, played.props["project"])
            if answer.status_code == 200:
                texts[" ".join((operation["operationId"], *caller))] = answer.text
    full = [text for text in texts.values() if text.count("\n") > 1]
    assert len(full) > 30
    hits = leaks.found(texts, wanted)
    assert {hit.kind for hit in hits} == {"name"}
    assert Hit("listWorkers labour2 labour_clerk", "name") in hits


def _file(stack: Stack, path: str, operation: Any, token: str, project: str) -> requests.Response:
    asked = {one["name"] for one in operation.get("parameters", ()) if one.get("in") == "query"}
    return requests.get(
        stack.content["gateway"]["url"] + path,
        params={"project_id": project} if "project_id" in asked else {},
        headers={"Authorization": f"Bearer {token}", "Accept": CSV},
        timeout=30,
    )


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("number", "id 450102198501010014 was refused"),
        ("number", "4501 0219 8501 0100 14"),
        ("card", '{"card":"6222020001234567890"}'),
        ("phone", "to +8613912345678"),
        ("phone", "139-1234-5678"),
        ("name", "雷铁生"),
        ("name", "\\u96f7\\u94c1\\u751f"),
        ("link", "Zhulian-Link: Zk3v0xM0mC1uJY3nq5lq0b7nJ8mB2vT4yD6hR9sW1xE"),
        ("code", '{"code": "731904"}'),
        ("code", "【筑联】验证码 731904,5分钟内有效"),
    ],
)
def test_what_is_looked_for_is_found(kind: str, text: str) -> None:
    wanted = {
        "number": ["450102198501010014"],
        "card": ["6222020001234567890"],
        "phone": ["13912345678"],
        "name": ["雷铁生"],
        "link": ["Zk3v0xM0mC1uJY3nq5lq0b7nJ8mB2vT4yD6hR9sW1xE"],
        "code": ['"731904"', "验证码 731904"],
    }
    harmless = "1795139123456789012 139****5678 4501**********0014 0.731904 731904 雷*生"
    assert leaks.found({"here": text, "there": harmless}, wanted) == [Hit("here", kind)]


def test_an_exception_is_for_its_place_and_kind_alone() -> None:
    hits = [Hit("labour.workers.name", "name"), Hit("labour.workers.name", "number"), Hit("logs/labour.log", "name")]
    assert leaks.not_allowed(hits, ALLOWED) == hits[1:]


def test_papers_and_workbooks_are_read() -> None:
    """What is compressed in a file is no secret for that."""
    number = "450102198501010014"
    pdf = typst.compile(f"Nummer {number}".encode())
    book = b"".join(write_xlsx(["number"], [(number,)]))
    for content in (pdf, book):
        assert number in leaks.readable(content)
        assert number.encode() not in content
