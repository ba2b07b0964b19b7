"""What request and answer models have in common (design rule 10)."""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, model_validator
from pydantic_core import CoreSchema

T = TypeVar("T")

PAGE_PARAMETERS = ("page_size", "page_token")


def _make_numbers_strict(node: Any) -> None:
    if isinstance(node, dict):
        if node.get("type") in ("int", "float", "bool"):
            node.setdefault("strict", True)
        for value in node.values():
            _make_numbers_strict(value)
    elif isinstance(node, list | tuple):
        for value in node:
            _make_numbers_strict(value)


class In(BaseModel):
    """A request body: unknown fields are refused, and no type is taken for another (`"1"` for 1, 1 for true).

    Ids, dates and times are JSON strings that are parsed; money and quantities are `chassis.values` types.
    For query parameters, which are all strings, there is `Filters`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        """Strict numbers and booleans. `strict=True` for the model would also refuse a UUID that
        is a string.
        """
        schema = handler(source)
        _make_numbers_strict(schema)
        return schema


class Filters(BaseModel):
    """The query parameters of a list, taken as `Annotated[…, Query()]`: unknown ones are refused, never
    ignored.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_the_page_to_the_page(cls, values: Any) -> Any:
        # FastAPI hands a query model every parameter of the URL, also those that another dependency reads.
        if isinstance(values, dict):
            return {key: value for key, value in values.items() if key not in PAGE_PARAMETERS}
        return values


class Out(BaseModel):
    """An answer model, made from rows (`Model.model_validate(row)`) or plainly; cheap to serialise once."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")


class PageOut(Out, Generic[T]):
    """A page of a list. `next_page_token` is empty on the last page (a string always: generators stumble on
    null).
    """

    items: list[T]
    next_page_token: str = Field(default="", examples=["", "WyIyMDI2LTExLTIzVDA4OjAwOjAwWiIsIjAxOTkiXQ"])


class FieldFault(Out):
    """One fault in a payload: where it is, a stable code, and the text."""

    pointer: str = Field(
        description="RFC 6901 JSON pointer into the body, or `query:name`, `path:name`, `header:name`.",
        examples=["/lines/0/quantity"],
    )
    code: str = Field(examples=["TOO_PRECISE"])
    detail: str = Field(examples=["最多允许 6 位小数"])
    details: dict[str, str] = Field(
        description="The text by language.",
        examples=[{"zh-CN": "最多允许 6 位小数", "en": "at most 6 decimal places"}],
    )


class RowResult(Out):
    """The answer for one row of a batch: what became of it, and its faults when it was refused.

    `row` counts from 0 as in the request; `external_id` is the caller's own id of the row, empty without one;
    `id` is ours, empty when the row was refused.
    """

    row: int = Field(ge=0, examples=[0])
    status: Literal["created", "updated", "unchanged", "duplicate", "accepted", "refused"] = Field(examples=["created"])
    external_id: str = Field(default="", examples=["W-0001"])
    id: str = Field(default="", examples=["0199c0de-0000-7000-8000-000000000001"])
    errors: list[FieldFault] = Field(default_factory=list, examples=[[]])


class Problem(BaseModel):
    """RFC 9457 problem document. Programs switch on `code`; people read `detail`."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:zhulian:problem:invalid-state"])
    title: str = Field(examples=["FailedPrecondition"])
    status: int = Field(examples=[409])
    code: str = Field(examples=["INVALID_STATE"])
    detail: str = Field(examples=["当前状态不允许此操作。"])
    details: dict[str, str] = Field(
        examples=[{"zh-CN": "当前状态不允许此操作。", "en": "The state does not allow this."}]
    )
    errors: list[FieldFault]
    metadata: dict[str, str] = Field(examples=[{"state": "draft", "allowed": "submit"}])
    request_id: str = Field(examples=["0199c0de000070008000000000000001"])
    instance: str = Field(default="", examples=["/procurement/v1/orders"])
    retry_after: float = Field(default=0, description="Seconds to wait; only where Retry-After is sent.")
