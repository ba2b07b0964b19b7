"""What comes in and goes out about consents."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field, model_validator

from chassis.http.faults import fault
from chassis.http.schemas import In, Out
from chassis.values import Code, Instant
from labour.codes.models import Status
from labour.consents.models import How, Purpose
from labour.consents.rules import Given
from labour.consents.service import Withdrawal
from labour.consents.states import State


class ConsentIn(In):
    """A consent on paper: with its scan, or held by the employer and not scanned yet. One by link comes by the link."""

    purpose: Purpose
    text_version: Code = Field(examples=["2026-1"])
    given_on: date
    how: Literal["paper_scan", "paper_held"] = Field(default="paper_held", examples=["paper_scan"])
    file_id: UUID | None = Field(
        default=None, description="The scan, an upload of the caller's organisation; with `paper_scan`."
    )

    @model_validator(mode="after")
    def _with_its_scan(self) -> ConsentIn:
        if (self.how == "paper_scan") != (self.file_id is not None):
            raise fault(
                "SCAN_MISMATCH", zh="paper_scan 须且仅须附扫描件", en="paper_scan goes with a file, and only it"
            )
        return self

    def given(self) -> Given:
        """As the service takes it."""
        return Given(self.purpose, self.text_version, self.given_on, How(self.how), self.file_id)


class ConsentOut(Out):
    """A consent on record."""

    id: UUID
    version: int
    worker_id: UUID
    purpose: Purpose
    text_version: str
    how: How
    state: State
    given_on: date
    file_id: UUID | None
    link_id: UUID | None = Field(description="With `how` link: by which link of his the worker gave it himself.")
    withdrawn_at: Instant | None


class KeptOut(Out):
    """What has to be kept all the same, by which rule, and until when (null: not known yet, see `waits_for`)."""

    fields: list[str]
    rule: str
    source: str
    until: date | None
    waits_for: str = Field(description="`exit`, `wages`, `listing` or empty.", examples=["wages"])
    because: str = Field(
        default="",
        description="What of the wages is open: `not_on_a_sheet`, `not_approved`, `transfer_failed`, `not_paid`.",
        examples=["not_paid"],
    )
    since: date | None = Field(default=None, description="The first day, or month, of wages that are not settled.")


class WithdrawalOut(ConsentOut):
    """A withdrawn consent: what was erased with it at once and what the law makes the employer keep."""

    erased: list[str] = Field(description="Fields whose values are gone.", examples=[["photo_file_id"]])
    kept: list[KeptOut]

    @classmethod
    def of(cls, done: Withdrawal) -> WithdrawalOut:
        """From the use case."""
        kept = [KeptOut.model_validate(one) for one in done.kept]
        return cls(**ConsentOut.model_validate(done.consent).model_dump(), erased=list(done.erased), kept=kept)


class ConsentTextOut(Out):
    """What a person is asked for a purpose."""

    purpose: Purpose
    version: str
    zh: str
    en: str
    source: str
    status: Status = Field(description="V verified, S second-hand, B practice.")
    valid_from: date
    valid_to: date | None
