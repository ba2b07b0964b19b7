"""What comes in and goes out about contracts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationError, WithJsonSchema, model_validator

from chassis.errors import Violation
from chassis.http.faults import fault, pointer, violation
from chassis.http.schemas import In, Out, RowResult
from chassis.values import Amount, Instant, LongText, Text
from labour.contracts.commands.draft import Draft
from labour.contracts.models import Contract
from labour.contracts.rules import DAY_UNIT, MONTH_UNIT
from labour.contracts.states import Method, State, WageKind
from labour.workers.models import AgreementKind

MOST_ROWS = 1000
EARLIEST, LATEST = date(1950, 1, 1), date(2199, 12, 31)

Language = Annotated[Literal["zh-CN", "en"], Field(description="Of the paper.")]
Sha256 = Annotated[
    str,
    Field(pattern=r"^[0-9a-f]{64}$", examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]),
]


def _day(value: date) -> date:
    if not EARLIEST <= value <= LATEST:
        raise fault(
            "OUT_OF_RANGE",
            zh=f"日期须在 {EARLIEST} 与 {LATEST} 之间",
            en=f"it lies before {EARLIEST} or after {LATEST}",
        )
    return value


def _paid(value: Decimal) -> Decimal:
    if value <= 0:
        raise fault("OUT_OF_RANGE", zh="工资标准须大于 0", en="the rate must be greater than 0")
    return value


Day = Annotated[date, AfterValidator(_day)]
Rate = Annotated[Amount, AfterValidator(_paid)]
PayDay = Annotated[int, Field(ge=1, le=31, strict=True, examples=[15])]


class ContractIn(In):
    """A contract as its employer writes it down."""

    worker_id: UUID
    project_id: UUID | None = Field(default=None, description="Absent: for all projects of the employer.")
    kind: AgreementKind = AgreementKind.LABOUR_CONTRACT
    number: Text = Field(examples=["LD-2026-0001"])
    duties: Text = Field(examples=["钢筋绑扎"])
    valid_from: Day
    valid_to: Day | None = Field(default=None, description="Absent: open-ended.")
    wage_kind: WageKind
    wage_rate: Rate = Field(description="CNY for one unit.", examples=["320.00"])
    wage_unit: Text | None = Field(
        default=None, description="Needed for pieces; 工日 and 月 follow from the kind.", examples=["工日"]
    )
    pay_day: PayDay
    language: Language = "zh-CN"

    @model_validator(mode="after")
    def _fits(self) -> ContractIn:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise fault("DATES_BACKWARDS", zh="结束日期不能早于开始日期", en="the last day lies before the first")
        _unit(self.wage_kind, self.wage_unit)
        return self

    def draft(self) -> Draft:
        """As the service takes it."""
        return Draft(**(self.model_dump() | {"wage_unit": _unit(self.wage_kind, self.wage_unit)}))


def _unit(kind: WageKind, given: str | None) -> str:
    fixed = {WageKind.DAY: DAY_UNIT, WageKind.MONTH: MONTH_UNIT}.get(kind)
    if fixed is None and given is None:
        raise fault("WAGE_UNIT_MISSING", zh="计件工资须填写计件单位", en="a wage by the piece needs its unit")
    if fixed is not None and given not in (None, fixed):
        raise fault("WAGE_UNIT_WRONG", zh=f"该工资类型的单位为{fixed}", en=f"this kind of wage is counted by {fixed}")
    return fixed or str(given)


Rows = Annotated[
    list[Any],
    Field(min_length=1, max_length=MOST_ROWS),
    WithJsonSchema(
        {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_ROWS,
            "items": {"$ref": "#/components/schemas/ContractIn"},
        }
    ),
]
"""Rows that are judged one by one."""


class ContractsIn(In):
    """A crew's contracts; each row like the body of draftContract."""

    contracts: Rows


def read_rows(rows: list[Any]) -> list[Draft | list[Violation]]:
    """Each row as a draft, or its faults with pointers into the body."""
    return [_read_row(row, index) for index, row in enumerate(rows)]


def _read_row(row: Any, index: int) -> Draft | list[Violation]:
    try:
        return ContractIn.model_validate(row).draft()
    except ValidationError as refused:
        prefix = pointer(("contracts", index))
        faults = [violation(error, row) for error in refused.errors(include_url=False, include_input=False)]
        return [Violation(prefix + one.pointer, one.code, one.zh, one.en) for one in faults]


class ReviseContractIn(In):
    """Terms of a draft that change; what is absent stays."""

    number: Text | None = None
    duties: Text | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    wage_rate: Rate | None = None
    pay_day: PayDay | None = None
    language: Language | None = None


class RenewContractIn(In):
    """A renewal: its number and days, and the terms that change."""

    number: Text = Field(examples=["LD-2027-0001"])
    valid_from: Day
    valid_to: Day | None = None
    duties: Text | None = None
    wage_rate: Rate | None = None
    pay_day: PayDay | None = None

    @model_validator(mode="after")
    def _ordered(self) -> RenewContractIn:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise fault("DATES_BACKWARDS", zh="结束日期不能早于开始日期", en="the last day lies before the first")
        return self

    def values(self) -> dict[str, Any]:
        """What differs from the contract that it follows."""
        given = self.model_dump(exclude_none=True)
        return {**given, "valid_to": self.valid_to}


class OfferIn(In):
    """Contracts to be offered."""

    contract_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_ROWS)]


class ReasonIn(In):
    """Why."""

    reason: LongText = Field(examples=["工资标准有误"])


class PaperSignatureIn(In):
    """A contract that was signed by hand."""

    file_id: UUID = Field(description="The scan, uploaded before.")
    signed_on: Day
    reason: LongText = Field(description="Why it was not signed by link.", examples=["工人没有手机"])


class TerminationIn(In):
    """An early end."""

    last_day: Day = Field(description="The last day on which it binds.")
    reason: LongText = Field(examples=["协商一致解除"])


class ContractOut(Out):
    """A contract. `sha256` is of its paper, empty before that is made."""

    id: UUID
    version: int
    employer_id: UUID
    worker_id: UUID
    project_id: UUID | None
    kind: AgreementKind
    number: str = Field(examples=["LD-2026-0001"])
    duties: str = Field(examples=["钢筋绑扎"])
    valid_from: date
    valid_to: date | None
    wage_kind: WageKind
    wage_rate: Amount
    wage_unit: str = Field(examples=["工日"])
    pay_day: int = Field(examples=[15])
    language: str = Field(examples=["zh-CN"])
    state: State
    follows_id: UUID | None
    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    offered_at: Instant | None
    offered_by: str = Field(description="The member who signs for the employer by offering it.", examples=["user-1"])
    signed_at: Instant | None
    last_day: date | None
    reason: str = Field(examples=[""])
    created_at: Instant

    @classmethod
    def of(cls, contract: Contract) -> ContractOut:
        """From the row."""
        return cls.model_validate(contract)


class OfferedOut(Out):
    """An offered contract with its link; `link` is shown this once and is empty in a repeated answer."""

    version: int
    contract: ContractOut
    link: str = Field(
        description="The secret for the header Zhulian-Link; hand it to the worker alone.",
        examples=["Zk3v0xM0mC1uJY3nq5lq0b7nJ8mB2vT4yD6hR9sW1xE"],
    )


class DraftsOut(Out):
    """What became of each row, in the order of the request."""

    created: int
    refused: int
    results: list[RowResult]


class OffersOut(Out):
    """What became of each row, in the order of the request."""

    offered: int
    refused: int
    results: list[RowResult]
    links: dict[str, str] = Field(
        description="By contract the secret for the header Zhulian-Link, shown this once; empty in a repeated answer.",
        examples=[{"0199c0de-0000-7000-8000-000000000001": "Zk3v0xM0mC1uJY3nq5lq0b7nJ8mB2vT4yD6hR9sW1xE"}],
    )


class SignatureOut(Out):
    """The evidence of a signature: by link what was checked and when, on paper who filed the scan and why.

    `address_hash` is an HMAC of the client's address (hex): it tells whether two signatures came from one place.
    """

    contract_id: UUID
    worker_id: UUID
    method: Method
    signed_at: Instant
    signed_on: date
    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    identity_checked: bool = Field(description="Name, identity number and code were right.")
    checked_at: Instant | None
    code_sent_to: str = Field(examples=["1*********0"])
    code_sent_at: Instant | None
    address_hash: str = Field(examples=["5e884898da28047151d0e56f8dc62927"])
    user_agent: str = Field(examples=["Mozilla/5.0"])
    filed_by: str
    reason: str


class VerificationOut(Out):
    """Whether the kept paper is the one that was signed."""

    contract_id: UUID
    intact: bool
    signed_sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    stored_sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    given_matches: bool | None = Field(description="Of the hash that was given; null without one.")


class ContractWarningOut(Out):
    """A contract that is about to end, or (`days_left` 0) has ended with nothing to follow."""

    id: UUID
    contract_id: UUID
    worker_id: UUID
    project_id: UUID | None
    ends_on: date
    days_left: int = Field(examples=[30])
    raised_at: Instant
