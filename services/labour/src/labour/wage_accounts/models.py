"""Tables of wage accounts."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Numeric, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from labour.codes.models import Basis
from labour.wage_accounts.states import (
    ClockKind,
    ClockState,
    EntryKind,
    GuaranteeForm,
    GuaranteeState,
    ShareState,
    State,
)

AMOUNT: Any = Numeric(18, 2)


class WageAccount(Row, table=True):
    """The special wage account (农民工工资专用账户) of a project, held by its general contractor; amounts in CNY.

    `signed_on` is the day of the construction contract, from which the time to open it runs. `number` is encrypted,
    `number_index` its blind index. `balance` is the sum of the entries. The owner's share of `share_amount` is due on
    `share_day` of each month. From `notice_until` on an announced closing may be carried out.
    """

    __tablename__ = "wage_accounts"
    __table_args__ = (
        UniqueConstraint("project_id", name="wage_accounts_once"),
        UniqueConstraint("contractor_id", "number_index", name="wage_accounts_number_taken"),
        CheckConstraint(one_of("state", State), name="wage_accounts_state"),
        CheckConstraint("balance >= 0", name="wage_accounts_never_negative"),
        CheckConstraint("share_day BETWEEN 1 AND 28", name="wage_accounts_share_day"),
        CheckConstraint("share_amount > 0", name="wage_accounts_share_amount"),
        CheckConstraint("(state = 'planned') = (opened_on IS NULL)", name="wage_accounts_opened"),
        Index("wage_accounts_contractor", "contractor_id", "id"),
    )

    project_id: UUID
    contractor_id: UUID
    name: str
    state: State = Field(sa_type=text_enum(State))
    signed_on: date
    bank: str = ""
    number: str = ""
    number_masked: str = ""
    number_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    opened_on: date | None = None
    share_day: int
    share_amount: Decimal = Field(sa_type=AMOUNT)
    balance: Decimal = Field(default=Decimal("0.00"), sa_type=AMOUNT)
    entries: int = 0
    notice_until: date | None = None
    reason: str = ""


class WageEntry(SQLModel, table=True):
    """One movement of an account. Rows are only added: the service's role may neither change nor delete them.

    `subject_id` is the payout that went out, or the row of it that came back; `balance` is what was left after it.
    """

    __tablename__ = "wage_entries"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["account_id"], ["wage_accounts.id"], name="wage_entries_account"),
        ForeignKeyConstraint(["share_id"], ["wage_shares.id"], name="wage_entries_share"),
        UniqueConstraint("account_id", "position", name="wage_entries_position"),
        UniqueConstraint("account_id", "kind", "subject_id", name="wage_entries_once"),
        CheckConstraint(one_of("kind", EntryKind), name="wage_entries_kind"),
        CheckConstraint("balance >= 0", name="wage_entries_never_negative"),
        CheckConstraint(
            "amount <> 0 AND (kind IN ('deposit', 'payout_returned')) = (amount > 0)", name="wage_entries_direction"
        ),
        Index(
            "wage_entries_deposit_once",
            "account_id",
            "bank_reference",
            unique=True,
            postgresql_where=text("kind = 'deposit'"),
        ),
    )

    id: UUID = Field(primary_key=True)
    account_id: UUID
    position: int
    kind: EntryKind = Field(sa_type=text_enum(EntryKind))
    amount: Decimal = Field(sa_type=AMOUNT)
    balance: Decimal = Field(sa_type=AMOUNT)
    subject_id: UUID | None = None
    share_id: UUID | None = None
    bank_reference: str = ""
    booked_on: date
    note: str = ""
    booked_by: str
    booked_at: datetime = Field(sa_type=TIMESTAMPTZ)


class WageShare(Row, table=True):
    """The owner's labour-cost share (人工费用) that is due on a day (art 24)."""

    __tablename__ = "wage_shares"
    __table_args__ = (
        ForeignKeyConstraint(["account_id"], ["wage_accounts.id"], name="wage_shares_account"),
        UniqueConstraint("account_id", "due_on", name="wage_shares_once"),
        CheckConstraint(one_of("state", ShareState), name="wage_shares_state"),
        CheckConstraint("amount > 0 AND paid >= 0", name="wage_shares_amounts"),
        CheckConstraint("(state = 'paid') = (paid >= amount)", name="wage_shares_paid"),
        Index("wage_shares_project", "project_id", "id"),
    )

    account_id: UUID
    project_id: UUID
    contractor_id: UUID
    due_on: date
    amount: Decimal = Field(sa_type=AMOUNT)
    paid: Decimal = Field(default=Decimal("0.00"), sa_type=AMOUNT)
    state: ShareState = Field(sa_type=text_enum(ShareState))


class WageClock(Row, table=True):
    """Something that has to be done by a day; `subject_id` is the account or the guarantee.

    `calendar`: how sure the calendar was of that day when the clock was started; None where it was not asked.
    """

    __tablename__ = "wage_clocks"
    __table_args__ = (
        ForeignKeyConstraint(["account_id"], ["wage_accounts.id"], name="wage_clocks_account"),
        CheckConstraint(one_of("kind", ClockKind), name="wage_clocks_kind"),
        CheckConstraint(one_of("state", ClockState), name="wage_clocks_state"),
        CheckConstraint(one_of("calendar", Basis), name="wage_clocks_calendar"),
        Index(
            "wage_clocks_one_open",
            "subject_id",
            "kind",
            unique=True,
            postgresql_where=text("state IN ('running', 'missed')"),
        ),
        Index("wage_clocks_project", "project_id", "id"),
    )

    account_id: UUID
    project_id: UUID
    contractor_id: UUID
    subject_id: UUID
    kind: ClockKind = Field(sa_type=text_enum(ClockKind))
    state: ClockState = Field(sa_type=text_enum(ClockState))
    due_on: date
    calendar: Basis | None = Field(default=None, sa_type=text_enum(Basis))
    met_on: date | None = None


class WageGuarantee(Row, table=True):
    """The wage guarantee (农民工工资保证金) of a project: what must be lodged, and what is.

    `percent` of `contract_amount` is what the authority has set; `drawn` is what was taken for wages and not topped up.
    """

    __tablename__ = "wage_guarantees"
    __table_args__ = (
        ForeignKeyConstraint(["account_id"], ["wage_accounts.id"], name="wage_guarantees_account"),
        UniqueConstraint("account_id", name="wage_guarantees_once"),
        CheckConstraint(one_of("state", GuaranteeState), name="wage_guarantees_state"),
        CheckConstraint(f"form = '' OR {one_of('form', GuaranteeForm)}", name="wage_guarantees_form"),
        CheckConstraint("drawn >= 0 AND drawn <= amount", name="wage_guarantees_drawn"),
        Index("wage_guarantees_project", "project_id", "id"),
    )

    account_id: UUID
    project_id: UUID
    contractor_id: UUID
    contract_amount: Decimal = Field(sa_type=AMOUNT)
    percent: Decimal = Field(sa_type=Numeric(5, 2))
    clean_years: int
    several_projects: bool
    amount: Decimal = Field(sa_type=AMOUNT)
    drawn: Decimal = Field(default=Decimal("0.00"), sa_type=AMOUNT)
    form: str = ""
    document_number: str = ""
    valid_to: date | None = None
    state: GuaranteeState = Field(sa_type=text_enum(GuaranteeState))
    reason: str = ""
