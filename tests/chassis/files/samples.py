"""Small files of each type, a virus that harms nobody, and a scanner that speaks clamd's protocol."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from chassis.files.rules import MediaType
from chassis.ids import new_id
from tests.harness import key

PATH = "/procurement/v1/files"


def pdf(remark: object = "") -> bytes:
    """A PDF that says something of its own."""
    return f"%PDF-1.7\n%{remark or new_id()}\n%%EOF\n".encode()


def zipped(*names: str) -> bytes:
    """A ZIP with these members."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, f"<{new_id()}/>")
    return held.getvalue()


def xlsx() -> bytes:
    """What makes a ZIP a workbook."""
    return zipped("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml")


PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
JPEG = b"\xff\xd8\xff\xe0" + bytes(32)
# Split, so that no scanner takes this file for the virus: https://www.eicar.org (EICAR test string).
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


async def upload(
    client: httpx.AsyncClient,
    content: bytes,
    name: str = "certificate.pdf",
    media_type: str = MediaType.PDF,
    headers: dict[str, str] | None = None,
    path: str = PATH,
) -> httpx.Response:
    """Upload a file as somebody."""
    return await client.post(
        path, params={"name": name}, content=content, headers={"Content-Type": media_type} | (headers or key())
    )


async def uploaded(
    client: httpx.AsyncClient, content: bytes | None = None, name: str = "certificate.pdf", path: str = PATH
) -> str:
    """The id of a fresh PDF of somebody's."""
    answer = await upload(client, content or pdf(), name, path=path)
    assert answer.status_code == 201, answer.text
    file_id: str = answer.json()["id"]
    return file_id


@dataclass
class FakeClamd:
    """A server that speaks INSTREAM and knows one virus; `says` makes it answer something else."""

    says: bytes = b""
    seen: list[int] = field(default_factory=list)
    address: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One scan: command, pieces with their length before them, an empty piece; then the verdict."""
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(length)
        self.seen.append(len(content))
        verdict = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
        writer.write(self.says or verdict)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def clamd(says: bytes = b"") -> AsyncIterator[FakeClamd]:
    """The server, on a port of its own."""
    fake = FakeClamd(says)
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield fake
