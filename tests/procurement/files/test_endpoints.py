"""Files through the REST door: what is taken, who gets it back, and what a bad network does to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from chassis.errors import InvalidArgument
from chassis.files import service
from chassis.files.endpoints import LARGEST_FILE
from chassis.files.rules import MediaType
from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.chassis.files.samples import JPEG, PATH, PNG, pdf, upload, uploaded, xlsx, zipped
from tests.harness import Harness, key, organisation

SUPPLIER = organisation(Kind.SUPPLIER)


@pytest.fixture
async def sales(procurement: Harness) -> AsyncIterator[httpx.AsyncClient]:
    async with procurement.client(SUPPLIER.as_(Role.SALES)) as client:
        yield client


def lying(harness: Harness, content: bytes) -> Path:
    """Where a content lies in the store."""
    found: Path = harness.runtime.clients["files"].path(sha256(content).hexdigest())
    return found


GOOD = [
    ("合格证.pdf", MediaType.PDF, pdf()),
    ("photo.JPG", MediaType.JPEG, JPEG),
    ("photo.png", MediaType.PNG, PNG),
    ("quote.xlsx", MediaType.XLSX, xlsx()),
]


@pytest.mark.parametrize(("name", "kind", "content"), GOOD, ids=[case[0] for case in GOOD])
async def test_what_was_sent_comes_back(sales: httpx.AsyncClient, name: str, kind: MediaType, content: bytes) -> None:
    """Byte for byte, to be saved under its name and never shown as a page; nobody has called it clean."""
    made = await upload(sales, content, name, kind)
    assert made.status_code == 201, made.text
    file = made.json()
    assert (file["name"], file["media_type"], file["size"]) == (name, kind, len(content))
    assert (file["sha256"], file["state"]) == (sha256(content).hexdigest(), "unscanned")
    assert (await sales.get(f"{PATH}/{file['id']}")).json() == file
    back = await sales.get(f"{PATH}/{file['id']}/content")
    assert (back.status_code, back.content) == (200, content)
    assert back.headers["content-type"] == kind
    assert back.headers["x-content-type-options"] == "nosniff"
    assert back.headers["content-disposition"].startswith("attachment; filename")


BAD: list[tuple[str, str, str, bytes, tuple[int, str]]] = [
    ("a program called .pdf", "a.pdf", MediaType.PDF, b"MZ\x90\x00", (422, "FILE_TYPE_MISMATCH")),
    ("a picture called .pdf", "a.pdf", MediaType.PDF, PNG + b"!", (422, "FILE_TYPE_MISMATCH")),
    ("nothing", "a.pdf", MediaType.PDF, b"", (422, "FILE_TYPE_MISMATCH")),
    ("a ZIP called .xlsx", "a.xlsx", MediaType.XLSX, zipped("a.exe"), (422, "FILE_TYPE_MISMATCH")),
    ("half a workbook", "a.xlsx", MediaType.XLSX, xlsx()[:-30], (422, "FILE_TYPE_MISMATCH")),
    ("a PDF called .exe", "a.exe", MediaType.PDF, pdf(), (422, "FILE_EXTENSION_MISMATCH")),
    ("a PDF called .png", "a.png", MediaType.PDF, pdf(), (422, "FILE_EXTENSION_MISMATCH")),
    ("another type", "a.svg", "image/svg+xml", b"<svg/>", (415, "CONTENT_TYPE_UNSUPPORTED")),
    ("too large", "a.pdf", MediaType.PDF, pdf("x" * LARGEST_FILE), (413, "BODY_TOO_LARGE")),
    ("a path", "../../etc/a.pdf", MediaType.PDF, pdf(), (422, "INVALID_ARGUMENT")),
    ("a turned name", "a\u202efdp.pdf", MediaType.PDF, pdf(), (422, "INVALID_ARGUMENT")),
    ("a line in the name", "a\r\nb.pdf", MediaType.PDF, pdf(), (422, "INVALID_ARGUMENT")),
    ("no name", "", MediaType.PDF, pdf(), (422, "INVALID_ARGUMENT")),
]


@pytest.mark.parametrize(("case", "name", "kind", "content", "refusal"), BAD, ids=[case[0] for case in BAD])
async def test_what_is_refused_leaves_nothing(
    procurement: Harness,
    sales: httpx.AsyncClient,
    case: str,
    name: str,
    kind: str,
    content: bytes,
    refusal: tuple[int, str],
) -> None:
    before = await procurement.checksum()
    answer = await upload(sales, content, name, kind)
    assert (answer.status_code, answer.json()["code"]) == refusal
    assert await procurement.checksum() == before
    assert not lying(procurement, content).exists()


async def test_a_body_without_a_length_is_counted_too(procurement: Harness, sales: httpx.AsyncClient) -> None:
    """Chunked, it breaks off at the limit; nothing of it stays on disk."""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b"%PDF-1.7\n"
        while sent < 4 * LARGEST_FILE:
            sent += 1024 * 1024
            yield bytes(1024 * 1024)

    headers = {"Content-Type": MediaType.PDF} | key()
    answer = await sales.post(PATH, params={"name": "a.pdf"}, content=endless(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")
    assert sent <= LARGEST_FILE + 1024 * 1024
    incoming = lying(procurement, b"").parent.parent / "incoming"
    assert list(incoming.iterdir()) == []


async def test_an_upload_repeated_is_one_file(procurement: Harness, sales: httpx.AsyncClient) -> None:
    """Under the same key in parallel and later, and under another key too; its bytes lie there once."""
    content, name = pdf(), f"{new_id()}.pdf"
    headers = key()
    answers = await asyncio.gather(*(upload(sales, content, name, headers=headers) for _ in range(20)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    later = await upload(sales, content, name, headers=headers)
    with_another_key = await upload(sales, content, name)
    taken = [answer for answer in answers if answer.status_code == 201]
    ids = {answer.json()["id"] for answer in (*taken, later, with_another_key)}
    assert len(ids) == 1
    assert later.headers["idempotency-replayed"] == "true"
    other = await upload(sales, pdf(), name, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    async with procurement.sql() as connection:
        assert await connection.fetchval("SELECT count(*) FROM files WHERE name = $1", name) == 1
    async with procurement.client(organisation(Kind.SUPPLIER).as_(Role.SALES)) as rival:
        assert await uploaded(rival, content) not in ids
    assert [path.name for path in lying(procurement, content).parent.glob(f"{sha256(content).hexdigest()}*")] == [
        sha256(content).hexdigest()
    ]


async def test_a_file_is_its_organisations_until_it_hangs_on_a_document(
    procurement: Harness, sales: httpx.AsyncClient
) -> None:
    """To everybody else it is not there; then to the other side too, but to no third party."""
    file_id = await uploaded(sales)
    buyer, rival = organisation(Kind.CONTRACTOR), organisation(Kind.SUPPLIER)

    async def seen(who: Any) -> set[int]:
        async with procurement.client(who) as client:
            return {(await client.get(f"{PATH}/{file_id}{end}")).status_code for end in ("", "/content")}

    member, competitor = buyer.as_(Role.BUYER), rival.as_(Role.SALES)
    assert (await seen(member), await seen(competitor)) == ({404}, {404})
    async with procurement.work(SUPPLIER.as_(Role.SALES)) as work:
        [file] = await service.attach(work, [UUID(file_id)], share_with=[buyer.id, SUPPLIER.id])
    assert str(file.id) == file_id
    assert (await seen(member), await seen(competitor)) == ({200}, {404})
    assert await procurement.audited(file.id) == ["files.upload", "files.share"]


async def test_nobody_attaches_what_others_uploaded(procurement: Harness, sales: httpx.AsyncClient) -> None:
    """Neither to see it nor to show it; also not what was shown to him. The refusal points at each."""
    own, foreign = UUID(await uploaded(sales)), new_id()
    buyer = organisation(Kind.CONTRACTOR)
    async with procurement.work(SUPPLIER.as_(Role.SALES)) as work:
        await service.attach(work, [own], share_with=[buyer.id])
    before = await procurement.checksum()
    with pytest.raises(InvalidArgument) as refusal:
        async with procurement.work(buyer.as_(Role.BUYER)) as work:
            await service.attach(work, [own, foreign], share_with=[new_id()], pointers=["/photos/0", "/photos/1"])
    assert [(fault.pointer, fault.code) for fault in refusal.value.violations] == [
        ("/photos/0", "FILE_UNKNOWN"),
        ("/photos/1", "FILE_UNKNOWN"),
    ]
    assert await procurement.checksum() == before


async def test_who_may_not_upload_sends_nothing(procurement: Harness) -> None:
    """Refused before a byte of the body is read."""
    read = False

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read = True
        yield pdf()

    before = await procurement.checksum()
    async with procurement.client(organisation(Kind.SUPPLIER).as_(Role.VIEWER)) as viewer:
        headers = {"Content-Type": MediaType.PDF} | key()
        answer = await viewer.post(PATH, params={"name": "a.pdf"}, content=body(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "ROLE_MISSING")
    assert not read
    assert await procurement.checksum() == before
