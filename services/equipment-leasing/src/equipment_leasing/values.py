"""Values that several aggregates of this service take in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from chassis.http.faults import fault


def _day_text(value: object) -> object:
    # Pydantic would take a number for seconds since 1970.
    if isinstance(value, date) or (isinstance(value, str) and len(value) == len("2026-11-23")):
        return value
    raise fault("DATE_STRING", zh="应为日期,格式 YYYY-MM-DD", en="a date as YYYY-MM-DD is needed")


def _sane_day(value: date) -> date:
    if not 1900 <= value.year <= 2200:
        raise fault("DATE_OUT_OF_RANGE", zh="日期应在 1900 至 2200 年之间", en="the year must be 1900 to 2200")
    return value


Day = Annotated[
    date,
    BeforeValidator(_day_text),
    AfterValidator(_sane_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-23"]}),
]
"""A calendar day in Asia/Shanghai."""


@cache
def districts() -> Mapping[str, Mapping[str, str]]:
    """The districts (区) that the Shenzhen plan names: code → names; data with a source."""
    content = json.loads(files("equipment_leasing").joinpath("districts.json").read_text("utf-8"))
    return {entry["code"]: entry for entry in content["entries"]}


def _known_district(value: str) -> str:
    if value not in districts():
        known = ", ".join(districts())
        raise fault("UNKNOWN_CODE", zh=f"未知的区代码,已知:{known}", en=f"unknown district; known are: {known}")
    return value


District = Annotated[
    str, AfterValidator(_known_district), WithJsonSchema({"type": "string", "enum": list(districts())})
]
"""Code of a district, as project-mgmt has them."""


def _plain(value: str) -> str:
    # PostgreSQL text cannot hold NUL, and a lone surrogate cannot be written at all.
    if "\x00" in value or any(0xD800 <= ord(char) <= 0xDFFF for char in value):
        raise fault("CONTROL_CHARACTER", zh="不允许控制字符", en="control characters are not allowed")
    return value.strip()


PlainText = Annotated[str, AfterValidator(_plain)]
"""A remark that may be empty."""
