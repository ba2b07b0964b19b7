"""Pages of the few hot lists: rows of the driver become JSON in one pass, without a model per row.

The bytes are the same as those of the model: the fields and their serialisers are the model's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import asyncpg
from pydantic import BaseModel, TypeAdapter
from typing_extensions import TypedDict

from chassis.pages import Page


class RowPage:
    """Serialises pages of rows whose columns are named like the fields of `model`."""

    def __init__(self, model: type[BaseModel]) -> None:
        fields = {
            name: Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
            for name, field in model.model_fields.items()
        }
        row = TypedDict(f"{model.__name__}Row", fields)  # type: ignore[misc]
        self._rows: TypeAdapter[list[Any]] = TypeAdapter(list[row])

    def to_json(self, page: Page[asyncpg.Record]) -> bytes:
        """`{"items": […], "next_page_token": "…"}`."""
        items: Sequence[dict[str, Any]] = [dict(row) for row in page.items]
        # Enumerations arrive as the text that the database holds, which is also what goes out: no warning is due.
        body = self._rows.dump_json(items, warnings=False)  # type: ignore[arg-type]
        return b'{"items":' + body + b',"next_page_token":"' + page.next_page_token.encode() + b'"}'
