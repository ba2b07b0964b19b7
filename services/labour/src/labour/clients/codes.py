"""Who carries six-digit codes to phones. One more carrier is a class with `send` and its settings."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

import orjson

from chassis.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Message:
    """A code for a phone; `link_id` and `kind` say what it is for."""

    link_id: UUID
    kind: str
    phone: str
    code: str

    @property
    def text(self) -> str:
        """What the worker reads."""
        return (
            f"【筑联】验证码 {self.code},5分钟内有效,请勿告诉他人。"
            f"Zhulian code {self.code}, valid for 5 minutes. Tell nobody."
        )


class CodeSender(Protocol):
    """Carries a code; Unavailable while the way is closed, and the job tries again."""

    async def send(self, message: Message) -> None:
        """Carry one message."""
        ...


class NoSender:
    """An installation without a way to phones."""

    async def send(self, _: Message) -> None:
        """Never carries anything."""
        raise Unavailable(
            "CODE_SENDER_MISSING", zh="平台未配置短信通道。", en="No sender of codes is configured.", retry_after=60
        )


class FolderSender:
    """Writes each message to `<link_id>.json` in a folder that only its owner reads: for machines without a carrier."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, message: Message) -> None:
        """Put the message down whole or not at all; a later one of the same link takes its place."""
        await asyncio.to_thread(self._write, message)

    def _write(self, message: Message) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = self.folder / f"{message.link_id}.json"
        written = target.with_suffix(".part")
        told = {"to": message.phone, "kind": message.kind, "code": message.code, "text": message.text}
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(orjson.dumps(told))
        written.replace(target)
