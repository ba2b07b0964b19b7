"""No number, card, phone or name of a person leaves labour but to its caller: a search through all that it writes.

`traces_of` and `found` take any scenario and any personal data, so the demo's test uses them, too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

import openpyxl
import pytest
import structlog
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chassis import telemetry
from chassis.identity import Kind, Role
from chassis.spans import Recorder
from tests.harness import NOON, Harness, key, organisation
from tests.labour.conftest import Site, resident_id, worker_row

WRITTEN = {
    "facts": "SELECT payload FROM outbox",
    "audit": "SELECT t::text FROM audit t",
    "jobs": "SELECT payload FROM pgqueuer WHERE payload IS NOT NULL",
    "idempotency": "SELECT encode(fingerprint, 'hex') FROM idempotency_keys",
    "numbers at rest": "SELECT id_number || id_card_type FROM people",
}
"""What labour writes beside its own rows, as text."""


async def traces_of(harness: Harness) -> dict[str, str]:
    """Everything under `WRITTEN`, by where it stands."""
    found = {}
    async with harness.sql() as connection:
        for place, statement in WRITTEN.items():
            found[place] = "\n".join(_text(row[0]) for row in await connection.fetch(statement))
    return found


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value  # texts inside protobuf are UTF-8


def found(texts: Mapping[str, str], forbidden: Iterable[str]) -> list[tuple[str, str]]:
    """(place, value) of each forbidden value that a text holds, also written apart or encoded as JSON does."""
    values = set(forbidden)
    return [
        (place, value)
        for place, text in texts.items()
        for plain in [text, re.sub(r"(?<=\d)[ -](?=\d)", "", text)]
        for value in values
        if value in plain or value.encode("unicode_escape").decode() in plain
    ]


class Person:
    """A made-up person whose every datum is unmistakable."""

    def __init__(self, serial: int) -> None:
        self.number = resident_id("19870709")
        self.card = f"62170000109{serial:08d}"
        self.phone = f"1597{serial:07d}"
        self.contact_phone = f"1598{serial:07d}"
        self.name = f"欧阳测{chr(0x4E00 + serial)}"
        self.contact = f"司徒联{chr(0x4E00 + serial)}"

    @property
    def numbers(self) -> set[str]:
        """What is nowhere in clear, not even in a roster."""
        return {self.number, self.card, self.phone, self.contact_phone, "1987-07-09"}

    @property
    def everything(self) -> set[str]:
        """Numbers and names."""
        return {*self.numbers, self.name, self.contact}

    def row(self, **changes: Any) -> dict[str, Any]:
        """As an employer registers this person."""
        return worker_row(
            name=self.name,
            id_card_number=self.number,
            payroll_bank_card_number=self.card,
            cell_phone=self.phone,
            urgent_contact=f"{self.contact} {self.contact_phone}",
            certificates=[
                {"number": self.number, "trade": "建筑电工", "valid_from": "2026-01-01", "valid_to": "2027-12-31"}
            ],
            **changes,
        )


async def scenario(site: Site, people: list[Person]) -> tuple[list[str], dict[str, str]]:
    """Each verb that touches a person, done well and done badly; the refusals and the files that came back."""
    harness, clerk = site.harness, site.clerk
    officer, authority = site.subcontractor.as_(Role.PERSONAL_DATA_OFFICER), organisation(Kind.AUTHORITY)
    errors, exports = [], {}
    rows = [person.row() for person in people]
    workers = await site.workers(*rows)
    async with harness.client(clerk) as client:
        bad = [
            rows[0] | {"external_id": "other"},
            rows[1] | {"name": ""},
            rows[2] | {"id_card_number": people[2].number[:-1] + ("1" if people[2].number[-1] != "1" else "2")},
            rows[0] | {"sex": "female"},
            rows[1] | {"payroll_bank_card_number": people[1].card + "x"},
            rows[2] | {"cell_phone": people[2].phone + "-x"},
        ]
        answer = await client.post("/labour/v1/workers:batch", json={"workers": bad}, headers=key())
        errors.append(answer.text)
        errors += [(await client.post("/labour/v1/workers", json=row, headers=key())).text for row in bad]
        path = f"/labour/v1/workers/{workers[0]}"
        change = {"name": people[0].name, "cell_phone": people[0].phone, "payroll_bank_card_number": people[0].card}
        assert (await client.patch(path, json=change, headers={"If-Match": '"1"'})).status_code == 200
        errors.append((await client.patch(path, json=change, headers={"If-Match": '"1"'})).text)
        certificate = rows[1]["certificates"][0]
        await client.post(f"/labour/v1/workers/{workers[1]}/certificates", json=certificate, headers=key())
        await site.assigned(workers, enter_at=NOON.isoformat())
        for kind in ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"):
            for name in ("workers", "assignments", "worker-records", "blacklist"):
                got = await client.get(f"/labour/v1/{name}", headers={"Accept": kind})
                assert got.status_code == 200, got.text
                exports[f"{name} {kind}"] = got.text if kind == "text/csv" else _cells(got.content)
    async with harness.client(officer) as client:
        await client.post(f"{path}:unmask", json={"reason": "核对"}, headers=key())
        asked = {"requested_on": "2026-11-23"}
        await client.post(f"/labour/v1/workers/{workers[2]}/erasures", json=asked, headers=key())
    listing = {"name": people[1].name, "id_card_number": people[1].number, "reason": "x", "source_document": "y"}
    async with harness.client(authority.as_(Role.PERSONAL_DATA_OFFICER)) as client:
        body = listing | {"valid_from": "2026-11-01"}
        assert (await client.post("/labour/v1/blacklist", json=body, headers=key())).status_code == 201
        errors.append((await client.post("/labour/v1/blacklist", json=body | {"reason": ""}, headers=key())).text)
    return errors, exports


def _cells(content: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    return "\n".join(str(cell) for row in book.active.iter_rows(values_only=True) for cell in row)  # type: ignore[union-attr]


async def test_nothing_of_a_person_stands_where_it_does_not_belong(
    labour: Harness, site: Site, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Logs, spans, facts, audit, jobs and errors hold nothing of anybody; a roster in a file holds names alone."""
    exporter = InMemorySpanExporter()
    processor = BatchSpanProcessor(exporter)
    monkeypatch.setattr(telemetry, "_recorder", Recorder(processor, Resource.create({}), 1.0))
    people = [Person(serial) for serial in range(1, 4)]
    with structlog.testing.capture_logs() as logged:
        errors, exports = await scenario(site, people)
    everything = set().union(*(person.everything for person in people))
    numbers = set().union(*(person.numbers for person in people))
    output = capfd.readouterr()
    processor.force_flush()
    spans = "\n".join(span.to_json() for span in exporter.get_finished_spans())
    texts = await traces_of(labour) | {
        "logs": f"{logged}{output.out}{output.err}",
        "spans": spans,
        "errors": "\n".join(errors),
    }
    assert "workers" in spans
    assert "workers.register" in texts["audit"]
    assert found(texts, everything) == []
    assert any(person.name in text for person in people for text in exports.values())
    assert found(exports, numbers) == []


def test_what_is_forbidden_is_found() -> None:
    person = Person(9)
    texts = {
        "log": f"card {person.card}",
        "apart": " ".join(re.findall("....", person.number + "  ")),
        "json": person.name.encode("unicode_escape").decode(),
        "clean": "6217***********0009",
    }
    assert {place for place, _ in found(texts, person.everything)} == {"log", "apart", "json"}
