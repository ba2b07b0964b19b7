"""Values that several aggregates of procurement take in."""

from __future__ import annotations

from typing import Annotated

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


Uscc = Annotated[str, AfterValidator(_uscc), Field(max_length=30, examples=["91440300MA5ABCDE1H"])]
"""A unified social credit code (统一社会信用代码) in capitals; GB 32100-2015, check digit by ISO 7064 MOD 31-3."""
