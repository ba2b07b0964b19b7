"""Values that several aggregates of procurement take in."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator, Field
from stdnum.cn import uscc as uscc_rules
from stdnum.exceptions import ValidationError

from chassis.http.faults import fault


def _uscc(value: str) -> str:
    try:
        found: str = uscc_rules.validate(value)
    except ValidationError:
        raise fault(
            "USCC_INVALID",
            zh="统一社会信用代码无效(应为 18 位且校验位正确)",
            en="not a unified social credit code: 18 places with a check digit are needed",
        ) from None
    return found


EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


def _day(value: date) -> date:
    if not EARLIEST <= value <= LATEST:
        raise fault(
            "DAY_OUT_OF_RANGE",
            zh=f"日期应在 {EARLIEST} 与 {LATEST} 之间",
            en=f"the day must be between {EARLIEST} and {LATEST}",
        )
    return value


Day = Annotated[date, AfterValidator(_day)]
"""A calendar day from which days can be counted on and back without leaving the calendar."""

Uscc = Annotated[str, AfterValidator(_uscc), Field(max_length=30, examples=["91440300MA5ABCDE1H"])]
"""A unified social credit code (统一社会信用代码) in capitals; GB 32100-2015, check digit by ISO 7064 MOD 31-3."""

DryRun = Annotated[bool, Query(description="Check every row and write nothing.")]

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def xml_text(value: str) -> str:
    """The text with U+FFFD for what XML 1.0 cannot hold."""
    return _NOT_XML.sub("\ufffd", value)
