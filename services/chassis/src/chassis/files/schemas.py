"""What comes in and goes out about files."""

from __future__ import annotations

import unicodedata
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from chassis.files.models import File
from chassis.files.rules import MediaType
from chassis.files.states import State
from chassis.http.schemas import Out
from chassis.values import Instant, Text


def _plain_name(value: str) -> str:
    # A path, or a mark that turns the reading direction (U+202E shows "fdp.exe" as "exe.pdf"), deceives who saves it.
    if any(char in '/\\:*?"<>|' or unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") for char in value):
        raise PydanticCustomError("FILE_NAME", "the name of a file without a path and without control characters")
    return value


FileName = Annotated[Text, AfterValidator(_plain_name), Field(max_length=120, examples=["certificate.pdf"])]
"""A file's own name as it will be saved again, at most 120 characters."""


class FileOut(Out):
    """An uploaded file."""

    id: UUID
    version: int
    organisation_id: UUID = Field(description="Who uploaded it.")
    name: str = Field(examples=["certificate.pdf"])
    media_type: MediaType
    size: int = Field(description="Bytes.", examples=[48213])
    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    state: State = Field(description="What the virus scanner has said; `unscanned` when nobody has looked.")
    created_at: Instant

    @classmethod
    def of(cls, file: File) -> FileOut:
        """From the row."""
        return cls.model_validate(file)
