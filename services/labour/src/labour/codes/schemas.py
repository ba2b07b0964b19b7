"""What goes out about codes, and the validator that request models of every slice use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from pydantic import Field

from chassis.http.faults import fault
from chassis.http.schemas import Out
from labour.codes import repository
from labour.codes.models import AgeKind, RiskClass, Sex, Status


def known(table: str) -> Callable[[str], str]:
    """A validator: the text is a code of the table; fault CODE_UNKNOWN otherwise."""
    codes = repository.tables()[table].codes

    def check(value: str) -> str:
        if value not in codes:
            raise fault("CODE_UNKNOWN", zh=f"代码表 {table} 中没有该代码", en=f"not a code of the table {table}")
        return value

    return check


def known_or_empty(table: str) -> Callable[[str], str]:
    """The same for a field that need not be told."""
    check = known(table)
    return lambda value: check(value) if value else ""


def named(table: str) -> Callable[[str], str]:
    """A validator for a text that a code stands for: code, name or name without 族 → the name; empty stays empty."""
    by_text = {
        text: code.zh
        for code in repository.tables()[table].codes.values()
        for text in (code.code, code.zh, code.zh.removesuffix("族"))
    }

    def check(value: str) -> str:
        if value and value not in by_text:
            raise fault("CODE_UNKNOWN", zh=f"代码表 {table} 中没有该代码", en=f"not a code of the table {table}")
        return by_text.get(value, "")

    return check


class CodeOut(Out):
    """One entry of a code table."""

    code: str = Field(examples=["020"])
    zh: str = Field(examples=["钢筋工"])
    en: str = Field(examples=["steel fixer"])
    valid_from: date = Field(description="First day of the edition that brought it.")
    valid_to: date | None = Field(description="Last day on which new entries may use it; it stays readable after.")


class CodeTableSummary(Out):
    """A code table without its entries."""

    name: str = Field(examples=["work_type"])
    size: int
    edition: str = Field(description="The newest edition.", examples=["2019"])
    valid_from: date = Field(description="Since when that edition is in force.")
    source: str
    status: Status = Field(description="V verified, S second-hand, B practice.")


class AgeRuleOut(Out):
    """An age rule with its source."""

    city: str = Field(description="Division code, or `*` for every city without a rule of its own.")
    kind: AgeKind
    age: int = Field(description="First (min_age) or last (max_age) admitted age in completed years.")
    sexes: list[Sex]
    risk_classes: list[RiskClass]
    work_roles: list[str]
    source: str
    status: Status = Field(description="V verified, S second-hand, B practice.")
    valid_from: date
    valid_to: date | None
