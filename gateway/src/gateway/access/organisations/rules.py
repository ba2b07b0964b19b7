"""Rules of organisations over plain values."""

from __future__ import annotations

from collections.abc import Iterable

from stdnum.cn import uscc as uscc_rules
from stdnum.exceptions import ValidationError

from chassis.identity import Kind
from gateway.permissions import PRIVILEGED_KINDS


def read_uscc(value: str) -> str | None:
    """The unified social credit code in capitals when its check digit fits, else None.

    Source: GB 32100-2015 法人和其他组织统一社会信用代码编码规则 (18 places, check digit by ISO 7064 MOD 31-3).
    """
    try:
        found: str = uscc_rules.validate(value)
    except ValidationError:
        return None
    return found


def requestable(kinds: Iterable[Kind]) -> bool:
    """Whether an organisation may ask for these kinds; the others come with the operator's admission only."""
    return not PRIVILEGED_KINDS & set(kinds)
