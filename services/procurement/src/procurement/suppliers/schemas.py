"""What comes in and goes out about suppliers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from chassis.http.faults import fault
from chassis.http.schemas import In, Out
from chassis.values import Instant, LongText, Text
from procurement.suppliers.commands.join import Invited
from procurement.suppliers.commands.licences import LicenceRecord
from procurement.suppliers.models import LicenceKind
from procurement.suppliers.service import FileContent, MaskedFile
from procurement.suppliers.states import State
from procurement.values import Day, Uscc

MaterialPrefix = Annotated[str, Field(pattern=r"^[0-9]{2}([0-9]{2}([0-9]{4})?)?$", examples=["0109"])]
"""Two, four or all eight digits of a GB/T 50851 code."""

Told = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]
Phone = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 -]{4,23}$", examples=["0755-26543210"])]
Email = Annotated[str, Field(max_length=128, pattern=r"^[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+$")]
AccountNumber = Annotated[str, Field(pattern=r"^[0-9]{8,32}$", examples=["44201503300052512345"])]


class ContactIn(In):
    """Somebody at the supplier whom the buyer calls."""

    name: Text = Field(examples=["李梅"])
    duty: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")] = Field(default="", examples=["销售经理"])
    phone: Phone
    email: Email | None = Field(default=None, examples=["li.mei@example.com"])


class FileContentIn(In):
    """What a buyer writes about a supplier."""

    name_zh: Text = Field(examples=["深圳市宝钢商贸有限公司"])
    name_en: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = Field(default="", examples=["Bao Steel"])
    small_firm: bool = Field(description="A small or medium firm (中小企业): the law's payment clock is shorter.")
    kinds: Annotated[list[MaterialPrefix], Field(max_length=100)] = Field(description="Kinds of material.")
    contacts: Annotated[list[ContactIn], Field(min_length=1, max_length=20)]
    note: Told = Field(default="", description="For the buyer's own people; the supplier never sees it.")

    def content(self) -> FileContent:
        """As the service takes it."""
        return FileContent(
            self.name_zh,
            self.name_en,
            self.small_firm,
            tuple(self.kinds),
            tuple(contact.model_dump() for contact in self.contacts),
            self.note,
        )


class InviteSupplierIn(FileContentIn):
    """A firm to invite."""

    uscc: Uscc


class AccountIn(In):
    """The account to which the supplier is paid."""

    holder: Text = Field(examples=["深圳市宝钢商贸有限公司"])
    bank: Text = Field(examples=["中国建设银行深圳福田支行"])
    number: AccountNumber


class BarIn(In):
    """Why, and the last day on which it counts."""

    reason: LongText = Field(description="The supplier is told.", examples=["连续三批钢筋复检不合格"])
    until: Day = Field(examples=["2027-05-31"])


class SupplierReasonIn(In):
    """Why."""

    reason: LongText = Field(examples=["整改已验收合格"])


class RedeemIn(In):
    """What stands behind the # of the link."""

    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")] = Field(examples=["q" * 43])


class LicenceIn(In):
    """A licence or certificate."""

    kind: LicenceKind = Field(examples=["business_licence"])
    number: Annotated[Text, Field(max_length=100)] = Field(examples=["粤AQ-2026-00123"])
    issuer: Text = Field(examples=["深圳市市场监督管理局"])
    valid_from: Day = Field(examples=["2026-01-01"])
    valid_until: Day | None = Field(
        default=None, description="The last day; absent for no end (长期).", examples=["2028-12-31"]
    )
    obligatory: bool = Field(
        default=False, description="Without one of this kind in force the supplier gets no orders.", examples=[True]
    )
    file_id: UUID | None = Field(default=None, description="The scan: an own upload, PDF or picture.")

    @model_validator(mode="after")
    def _forwards(self) -> LicenceIn:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise fault("DATES_BACKWARDS", zh="截止日期早于起始日期", en="the last day is before the first")
        return self

    def record(self) -> LicenceRecord:
        """As the service takes it."""
        return LicenceRecord(**self.model_dump())


class PolicyIn(In):
    """How the buyer treats suppliers from a day on."""

    valid_from: Day = Field(examples=["2027-01-01"])
    file_required: bool = Field(description="Only suppliers with an active file get orders.", examples=[True])
    warning_days: Annotated[int, Field(ge=0, le=365)] = Field(
        description="How many days before its end a licence is warned about.", examples=[30]
    )
    source: Text = Field(description="The buyer's own document.", examples=["供应商管理办法 2026 版 第八条"])


class ContactOut(Out):
    """Somebody at the supplier."""

    name: str
    duty: str
    phone: str
    email: str | None


class StandingOut(Out):
    """A supplier file as the supplier itself sees it."""

    id: UUID
    version: int
    buyer_id: UUID
    supplier_id: UUID | None
    uscc: str
    name_zh: str
    name_en: str
    kinds: list[str]
    state: State
    reason: str = Field(description="Why it is suspended or blacklisted; empty otherwise.")
    until: date | None = Field(description="The last day of a suspension or blacklisting.")
    updated_at: Instant


class SupplierOut(StandingOut):
    """A supplier file as its buyer sees it."""

    small_firm: bool
    contacts: list[ContactOut]
    note: str
    account_holder: str
    account_bank: str
    account_number_masked: str = Field(examples=["4420************2345"])
    created_at: Instant

    @classmethod
    def of(cls, seen: MaskedFile) -> SupplierOut:
        """From the row."""
        return cls.model_validate(_fields(seen))


class InvitedSupplierOut(SupplierOut):
    """A supplier file with an invitation."""

    link_path: str = Field(
        default="",
        description="Where the supplier joins; its token stands behind the #. Shown once: empty when replayed.",
        examples=["/suppliers/join#" + "q" * 43],
    )
    link_expires_at: Instant

    @classmethod
    def made(cls, invited: Invited) -> InvitedSupplierOut:
        """From the row; the link is put in for the first caller."""
        return cls.model_validate({**_fields(invited.seen), "link_expires_at": invited.expires_at})


class LicenceOut(Out):
    """A licence on record."""

    id: UUID
    version: int
    supplier_file_id: UUID
    kind: LicenceKind
    number: str
    issuer: str
    valid_from: date
    valid_until: date | None
    obligatory: bool
    file_id: UUID | None
    updated_at: Instant


class PolicyOut(Out):
    """A policy of a buyer."""

    id: UUID
    version: int
    valid_from: date
    file_required: bool
    warning_days: int
    source: str
    created_at: Instant


class AccountOut(Out):
    """A bank account in clear."""

    supplier_file_id: UUID
    holder: str
    bank: str
    number: str


def _text(value: str) -> str:
    found = value.strip()
    if not found:
        raise fault("TOO_SHORT", zh="不能为空", en="must not be blank")
    return found


SearchText = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$"), AfterValidator(_text)]
MaterialCode = Annotated[str, Field(pattern=r"^[0-9]{2,8}$", description="A code of GB/T 50851 or its beginning.")]


def _fields(seen: MaskedFile) -> dict[str, Any]:
    return {**seen.file.model_dump(), "account_number_masked": seen.account_number}
