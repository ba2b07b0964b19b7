"""What comes in and goes out about attendance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NotRequired
from uuid import UUID

from pydantic import (
    AwareDatetime,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetPydanticSchema,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema
from typing_extensions import TypedDict

from chassis.errors import Violation
from chassis.http.faults import pointer, violation
from chassis.http.schemas import In, Out
from chassis.values import Instant, QuantityOrZero, SignedQuantity
from labour.attendance.errors import WARNINGS
from labour.codes import repository as codes

MOST_ROWS = 1000
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
LARGEST_SEQUENCE = 2**53 - 1  # what every JSON reader takes for an integer


def _a_text_first(_: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
    # pydantic would take a number for an instant; refused in Rust, because this is a hot path.
    bounded = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST)]
    return core_schema.chain_schema([core_schema.str_schema(strict=True, max_length=40), handler(bounded)])


def _code(table: str) -> Any:
    known = list(codes.tables()[table].codes)
    return GetPydanticSchema(lambda _source, _handler: core_schema.literal_schema(known))


WorkerText = Annotated[
    str,
    StringConstraints(strict=True, to_lower=True, pattern=r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"),
    WithJsonSchema({"type": "string", "format": "uuid"}),
]
"""A UUID that stays text: a thousand objects less on the way to a statement that takes text."""

SwipeInstant = Annotated[
    datetime,
    GetPydanticSchema(_a_text_first),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-23T07:31:05+08:00"]}),
]
Direction = Annotated[
    str,
    _code("attendance_direction"),
    WithJsonSchema({"type": "string", "enum": list(codes.tables()["attendance_direction"].codes), "examples": ["01"]}),
]
AttendType = Annotated[
    str,
    _code("attend_type"),
    WithJsonSchema({"type": "string", "enum": list(codes.tables()["attend_type"].codes), "examples": ["001"]}),
]


class LocationIn(TypedDict):
    """Where a phone was (WGS 84, degrees), how sure of it in metres, whether its system says that it is mocked."""

    __pydantic_config__ = ConfigDict(extra="forbid", hide_input_in_errors=True)  # type: ignore[misc]

    lng: Annotated[SignedQuantity, Field(ge=-180, le=180, examples=["114.057900"])]
    lat: Annotated[SignedQuantity, Field(ge=-90, le=90, examples=["22.543100"])]
    accuracy_m: Annotated[QuantityOrZero, Field(le=100_000, examples=["12.400000"])]
    mocked: NotRequired[Annotated[bool, Field(strict=True)]]


class SwipeIn(TypedDict):
    """One pass of a gate; a dict, because a model for each of a thousand rows takes longer than the database.

    `sequence` is the device's own running number; sending a swipe again is harmless. `direction` 01 in, 02 out;
    `attend_type` tells how the worker was recognised (code table attend_type). A phone says its `location`.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", hide_input_in_errors=True)  # type: ignore[misc]

    sequence: Annotated[int, Field(strict=True, ge=0, le=LARGEST_SEQUENCE, examples=[1])]
    worker_id: WorkerText
    at: SwipeInstant
    direction: Direction
    attend_type: AttendType
    location: NotRequired[LocationIn]


ROWS: TypeAdapter[list[SwipeIn]] = TypeAdapter(list[SwipeIn])


def _row_schema() -> dict[str, Any]:
    schema = TypeAdapter(SwipeIn).json_schema()
    # The document has no place for definitions of its own: the location stands where it is used.
    schema["properties"]["location"] = schema.pop("$defs")["LocationIn"]
    return schema


class SwipeBatchIn(In):
    """Up to 1,000 swipes of one device. `sent_at` is what its own clock says now; swipes are not corrected by it."""

    device_id: UUID
    sent_at: Instant | None = None
    swipes: Annotated[
        list[Any],
        Field(min_length=1, max_length=MOST_ROWS),
        WithJsonSchema({"type": "array", "minItems": 1, "maxItems": MOST_ROWS, "items": _row_schema()}),
    ]


def read_rows(rows: Sequence[Any]) -> tuple[list[tuple[int, SwipeIn]], dict[int, list[Violation]]]:
    """Rows that can be read, with their places, and the faults of the others; one pass when all are good."""
    try:
        return list(enumerate(ROWS.validate_python(rows))), {}
    except ValidationError as refused:
        faults: dict[int, list[Violation]] = {}
        for error in refused.errors(include_url=False, include_input=False):
            row = int(error["loc"][0])
            inner = violation({**error, "loc": error["loc"][1:]}, rows[row])
            place = pointer(("swipes", row))
            faults.setdefault(row, []).append(Violation(place + inner.pointer, inner.code, inner.zh, inner.en))
    places = [place for place in range(len(rows)) if place not in faults]
    return list(zip(places, ROWS.validate_python([rows[place] for place in places]), strict=True)), faults


class FaultRow(TypedDict):
    """One fault of a row: where it is, a stable code, and the text by language."""

    pointer: str
    code: str
    detail: str
    details: dict[str, str]


class SwipeResult(TypedDict):
    """What became of one swipe. `errors` says why it was refused; `warnings` what is odd about one that was taken:
    LATE (sent long after it happened), PAPERS_LAPSED (the worker's papers did not cover that day), MONTH_LOCKED (kept,
    but payroll has closed the month), CLOCK_SET_BACK (its instant lies before that of the number below), CLEARED_OUT,
    FORCED_OPEN, EMERGENCY_LANE (by the way of attendance), OUTSIDE_GEOFENCE, LOCATION_MOCKED, ACCURACY_POOR,
    ACCURACY_TOO_ROUND, IMPOSSIBLE_SPEED (by the location), LOCATION_CONSENT_MISSING (no consent of the worker to it
    stands: the position was not kept and not judged). `legend` says them in words. `geofence` is there for swipes that
    say, or would have to say, where they were made; `not_judged` without that consent, or without an area.
    """

    row: int
    sequence: NotRequired[int]
    status: Literal["accepted", "duplicate", "refused"]
    errors: NotRequired[list[FaultRow]]
    warnings: NotRequired[tuple[str, ...]]
    geofence: NotRequired[Literal["inside", "outside", "not_judged"]]


class WarningText(TypedDict):
    """What a warning says, by language."""

    code: str
    detail: str
    details: dict[str, str]


class SwipeBatchOut(Out):
    """What became of each swipe, in the order of the request."""

    batch_id: UUID
    accepted: int
    duplicates: int
    refused: int
    results: list[SwipeResult]
    legend: list[WarningText] = Field(description="Each warning that occurs in `results`, in words.")


class SwipeOut(Out):
    """A swipe on record; not `counted`: it came when payroll had closed its month."""

    device_id: UUID
    sequence: int
    project_id: UUID
    assignment_id: UUID
    worker_id: UUID
    employer_id: UUID
    at: Instant
    direction: str
    attend_type: str
    papers_lapsed: bool
    counted: bool
    received_at: Instant


def legend(warnings: Iterable[Sequence[str]]) -> list[WarningText]:
    """The texts of the warnings that occur, by code."""
    codes_found = sorted({code for found in warnings for code in found})
    texts = [(code, *WARNINGS[code]) for code in codes_found]
    return [{"code": code, "detail": zh, "details": {"zh-CN": zh, "en": en}} for code, zh, en in texts]


def fault_row(one: Violation) -> FaultRow:
    """A violation as it goes out."""
    return {
        "pointer": one.pointer,
        "code": one.code,
        "detail": one.zh,
        "details": {"zh-CN": one.zh, "en": one.en},
    }
