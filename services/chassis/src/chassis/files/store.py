"""Where the bytes of uploaded files lie: a directory, each content once under its SHA-256.

Bytes become durable before a row speaks of them: written to a temporary name, fsync'ed, renamed, the folder fsync'ed,
and only then is the row committed. A crash in between leaves at most a file that no row knows, which a job removes.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from chassis.ids import new_id

HEAD = 16
"""Bytes at the beginning that tell what a file is."""

LARGEST_DIRECTORY = 1024 * 1024
"""Bytes of a ZIP's directory that are read to see what is in it; an honest workbook has a few thousand."""

_END, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65535
_ENTRY, _ENTRY_SIZE = b"PK\x01\x02", 46


@dataclass(frozen=True, slots=True)
class Staged:
    """An upload that lies safely on disk under a temporary name."""

    path: Path
    sha256: str
    size: int
    head: bytes


class FileStore:
    """One directory, shared by every process of the service; all blocking calls run in threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    def path(self, digest: str) -> Path:
        """Where the content with a SHA-256 (hex) lies."""
        return self._root / digest[:2] / digest

    @asynccontextmanager
    async def receive(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[Staged]:
        """Write a body to disk as it arrives; what has not been published when the block ends is removed."""
        path = self._incoming / new_id().hex
        try:
            yield await self._write(path, pieces)
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def _write(self, path: Path, pieces: AsyncIterator[bytes]) -> Staged:
        digest, size, head = sha256(), 0, b""
        with path.open("xb") as file:
            async for piece in pieces:
                digest.update(piece)
                size += len(piece)
                head = (head + piece[:HEAD])[:HEAD]
                await asyncio.to_thread(file.write, piece)
            await asyncio.to_thread(_flush, file)
        return Staged(path, digest.hexdigest(), size, head)

    async def publish(self, staged: Staged) -> None:
        """Give an upload its lasting name; durable when this returns, harmless when the content is there already."""
        await asyncio.to_thread(_rename, staged.path, self.path(staged.sha256))

    async def members(self, path: Path) -> frozenset[str]:
        """The names in a ZIP file's directory; none when it is no ZIP or its directory is unreasonably large."""
        return await asyncio.to_thread(_members, path)

    async def forget_unfinished(self, before: datetime) -> int:
        """Remove uploads that broke off before an instant; answers how many."""
        return await asyncio.to_thread(_remove_older, self._incoming, before.timestamp())

    def folders(self) -> Iterator[list[str]]:
        """The SHA-256 of everything that lies here, folder by folder."""
        for folder in sorted(self._root.iterdir()):
            if folder != self._incoming:
                yield sorted(path.name for path in folder.iterdir())

    async def remove(self, digest: str) -> None:
        """Remove a content that no row knows."""
        await asyncio.to_thread(self.path(digest).unlink, missing_ok=True)


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _rename(source: Path, target: Path) -> None:
    if not target.parent.exists():
        target.parent.mkdir(exist_ok=True)
        _sync_folder(target.parent.parent)
    source.replace(target)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_older(folder: Path, before: float) -> int:
    removed = 0
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # finished meanwhile
            if path.stat().st_mtime < before:
                path.unlink()
                removed += 1
    return removed


def _members(path: Path) -> frozenset[str]:
    # By hand, because zipfile makes an object of each of two hundred thousand entries that 10 MiB can hold.
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
        tail = file.read()
        end = tail.rfind(_END)
        if end < 0 or len(tail) - end < _END_SIZE:
            return frozenset()
        length = int.from_bytes(tail[end + 12 : end + 16], "little")
        offset = int.from_bytes(tail[end + 16 : end + 20], "little")
        if length > LARGEST_DIRECTORY or offset + length > size:
            return frozenset()
        file.seek(offset)
        return frozenset(_names(file.read(length)))


def _names(directory: bytes) -> Iterator[str]:
    at = 0
    while directory[at : at + 4] == _ENTRY and at + _ENTRY_SIZE <= len(directory):
        name, extra, comment = (int.from_bytes(directory[at + p : at + p + 2], "little") for p in (28, 30, 32))
        yield directory[at + _ENTRY_SIZE : at + _ENTRY_SIZE + name].decode("utf-8", "replace")
        at += _ENTRY_SIZE + name + extra + comment
