"""What comes in and goes out about payrolls."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Amount, Code, Instant, LongText, QuantityOrZero, SignedQuantity, Text
from labour.contracts.schemas import Sha256
from labour.payrolls.commands.drafting import Correction, Extra, NewPayroll
from labour.payrolls.commands.items import NewItem
from labour.payrolls.commands.pieces import Pieces
from labour.payrolls.commands.signing import Answer, IssuedWageLinks, PaperSignature
from labour.payrolls.service import ShownLine
from labour.payrolls.states import Direction, LineState, Method, Run, State

MOST_ROWS = 1_000
Kind = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$", examples=["bonus"])]
Note = Annotated[str, Field(max_length=200)]
PositiveAmount = Annotated[Amount, Field(gt=0, examples=["200.00"])]
Unit = Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[^\s\x00]+$", examples=["m2"])]


class PayrollIn(In):
    """A month's sheet to be drafted."""

    project_id: UUID
    month: date = Field(description="Any day of the month.", examples=["2026-11-01"])
    cost_code: Code = Field(description="Where the labour cost is booked.", examples=["02-LABOUR"])

    def plan(self) -> NewPayroll:
        """As the use case takes it."""
        return NewPayroll(**self.model_dump())


class ExtraIn(In):
    """What one worker gets beside the month's sheet."""

    worker_id: UUID
    amount: PositiveAmount
    note: LongText = Field(examples=["11月12日漏记一个工日"])


class CorrectionIn(In):
    """A correction or arrears (补发) of a month that is locked."""

    corrects_id: UUID
    run: Literal["correction", "arrears"] = "arrears"
    lines: Annotated[list[ExtraIn], Field(min_length=1, max_length=MOST_ROWS)]

    def correction(self) -> Correction:
        """As the use case takes it."""
        lines = [Extra(one.worker_id, one.amount, one.note) for one in self.lines]
        return Correction(self.corrects_id, Run(self.run), lines)


class PayrollReasonIn(In):
    """Why."""

    reason: LongText = Field(examples=["两名工人的工日与考勤不符"])


class ItemIn(In):
    """An allowance or deduction of a line; `amount` is positive, the kind says which way it goes."""

    line_id: UUID
    kind: Kind
    amount: PositiveAmount
    note: Note = ""

    def item(self) -> NewItem:
        """As the use case takes it."""
        return NewItem(self.line_id, self.kind, self.amount, self.note)


class ItemsIn(In):
    """Items for a sheet; `reason` is shown with signatures that become void."""

    reason: Annotated[str, Field(max_length=200)] = ""
    items: Annotated[list[ItemIn], Field(min_length=1, max_length=MOST_ROWS)]


class SignLineIn(In):
    """The worker signs the line with this hash, which he has read."""

    sha256: Sha256


class ObjectIn(In):
    """What the worker objects to."""

    reason: LongText = Field(examples=["少记了两个工日"])


class SignOnPaperIn(In):
    """Lines that were signed by hand on a printed sheet."""

    line_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_ROWS)]
    file_id: UUID
    signed_on: date = Field(examples=["2026-11-20"])
    reason: LongText = Field(examples=["工人没有手机"])

    def signed(self) -> PaperSignature:
        """As the use case takes it."""
        return PaperSignature(self.line_ids, self.file_id, self.signed_on, self.reason)


class AdjustmentIn(In):
    """An item that settles an objection."""

    kind: Kind
    amount: PositiveAmount
    note: Note = ""


class AnswerIn(In):
    """What a worker is answered to his objection."""

    answer: LongText = Field(examples=["已核对考勤,补计加班工资"])
    adjustment: AdjustmentIn | None = None

    def given(self, line_id: UUID) -> Answer:
        """As the use case takes it."""
        one = self.adjustment
        item = None if one is None else NewItem(line_id, one.kind, one.amount, one.note)
        return Answer(self.answer, item)


class PieceIn(In):
    """Pieces of a worker on a day; a negative quantity takes back what was noted wrongly."""

    worker_id: UUID
    day: date = Field(examples=["2026-11-20"])
    quantity: SignedQuantity = Field(examples=["12.500"])
    unit: Unit
    note: Note = ""
    noted_by: Text = Field(description="The team leader (班组长) who has counted them.", examples=["李强"])

    def pieces(self) -> Pieces:
        """As the use case takes it."""
        return Pieces(**self.model_dump())


class PiecesIn(In):
    """Piece records of a project, all or none."""

    project_id: UUID
    records: Annotated[list[PieceIn], Field(min_length=1, max_length=MOST_ROWS)]


class ItemKindOut(Out):
    """A kind of allowance or deduction."""

    code: str = Field(examples=["bonus"])
    zh: str = Field(examples=["奖金"])
    en: str = Field(examples=["Bonus"])
    direction: Direction


class PayrollOut(Out):
    """A sheet without its lines; the sums are of all lines, whatever their state."""

    id: UUID
    version: int
    project_id: UUID
    employer_id: UUID
    contractor_id: UUID
    month: date
    run: Run
    is_back_pay: bool = Field(description="Arrears (isBackPay of the national standard).")
    corrects_id: UUID | None
    cost_code: str
    state: State
    edition: int
    workers: int
    gross: Amount
    net: Amount
    reason: str
    approved_at: datetime | None
    created_at: Instant
    updated_at: Instant


class PayrollLineOut(Out):
    """A worker's wages on a sheet."""

    id: UUID
    version: int
    payroll_id: UUID
    project_id: UUID
    employer_id: UUID
    worker_id: UUID
    worker_name: str
    month: date
    days: QuantityOrZero
    hours: QuantityOrZero
    gross: Amount
    deductions: Amount
    net: Amount
    fault: str = Field(description="TERMS_MISSING or PIECES_WITHOUT_TERMS; empty when a contract covers everything.")
    below_minimum: bool = Field(description="The deductions leave less than the local minimum wage.")
    state: LineState
    paid_on: date | None


class PayrollItemOut(Out):
    """What a line consists of."""

    kind: str
    direction: Direction
    contract_id: UUID | None
    quantity: QuantityOrZero
    rate: Amount
    amount: Amount
    note: str


class PayrollSignatureOut(Out):
    """A signature; void when `voided_at` is set."""

    id: UUID
    edition: int
    net: Amount
    sha256: str
    method: Method
    signed_at: Instant
    signed_on: date
    file_id: UUID | None
    reason: str
    voided_at: datetime | None
    void_reason: str


class PayrollObjectionOut(Out):
    """An objection and its answer; `answer` is empty while it is open."""

    id: UUID
    method: Method
    reason: str
    answer: str
    adjusted: bool
    answered_at: datetime | None
    created_at: Instant


class PayrollLineDetail(PayrollLineOut):
    """A line with all that belongs to it; `sha256` is what a signature under it is of."""

    sha256: str
    items: list[PayrollItemOut]
    signatures: list[PayrollSignatureOut]
    objections: list[PayrollObjectionOut]

    @classmethod
    def of(cls, found: ShownLine) -> PayrollLineDetail:
        """From the use case."""
        return cls.model_validate(
            {
                **found.line.model_dump(),
                "sha256": found.sha256,
                "items": [one.model_dump() for one in found.items],
                "signatures": [one.model_dump() for one in found.signatures],
                "objections": [one.model_dump() for one in found.objections],
            }
        )


class WageLinkOut(Out):
    """Whose link it is."""

    line_id: UUID
    worker_id: UUID
    worker_name: str


class IssuedWageLinksOut(Out):
    """Links of a sheet's lines; `links` is shown this once and is empty in a repeated answer."""

    issued: int
    valid_until: Instant
    lines: list[WageLinkOut]
    links: dict[str, str] = Field(description="By line the secret for the header Zhulian-Link.", examples=[{}])

    @classmethod
    def of(cls, found: IssuedWageLinks) -> IssuedWageLinksOut:
        """From the use case."""
        lines = [
            WageLinkOut(line_id=one.id, worker_id=one.worker_id, worker_name=one.worker_name) for one in found.lines
        ]
        return cls(issued=len(lines), valid_until=found.valid_until, lines=lines, links={})


class PieceRecordOut(Out):
    """Pieces of a worker on a day."""

    id: UUID
    project_id: UUID
    worker_id: UUID
    day: date
    quantity: SignedQuantity
    unit: str
    note: str
    noted_by: str
    recorded_at: Instant


class PieceRecordsOut(Out):
    """How many records were written."""

    recorded: int
