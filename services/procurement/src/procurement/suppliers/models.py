"""Tables of suppliers."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from procurement.suppliers.states import State


class LicenceKind(StrEnum):
    """What a supplier shows that it may do, or that its goods conform to."""

    BUSINESS_LICENCE = "business_licence"  # 营业执照
    CONSTRUCTION_QUALIFICATION = "construction_qualification"  # 建筑业企业资质证书
    SAFETY_PRODUCTION = "safety_production"  # 安全生产许可证
    PRODUCTION_LICENCE = "production_licence"  # 全国工业产品生产许可证
    COMPULSORY_CERTIFICATION = "compulsory_certification"  # 强制性产品认证 (CCC)
    QUALITY_SYSTEM = "quality_system"  # 质量管理体系认证
    OTHER = "other"  # 其他


SUPPLIER_WORDS = "(((uscc || ' ') || name_zh) || ' ') || name_en"
"""What a search (搜索) looks at; the index holds its pairs of characters."""


class SupplierFile(Row, table=True):
    """What a buyer knows of a supplier (供应商档案).

    `supplier_id` is the supplier's organisation once it has taken its invitation. `kinds` are prefixes of GB/T 50851
    codes of what it delivers. `small_firm` (中小企业) decides the legal payment clock. `reason` is told to the
    supplier, `note` never is. `until` is the last day of a suspension or blacklisting. `account_number` is sealed,
    `account_index` its blind index: two files with the same one name the same account.
    """

    __tablename__ = "supplier_files"
    __table_args__ = (
        UniqueConstraint("buyer_id", "uscc", name="supplier_files_uscc_taken"),
        UniqueConstraint("buyer_id", "supplier_id", name="supplier_files_supplier_once"),
        CheckConstraint("uscc ~ '^[0-9A-Z]{18}$'", name="supplier_files_uscc"),
        CheckConstraint(one_of("state", State), name="supplier_files_state"),
        CheckConstraint("(state = 'invited') = (supplier_id IS NULL)", name="supplier_files_bound"),
        CheckConstraint(
            "(state IN ('suspended', 'blacklisted')) = (until IS NOT NULL AND reason <> '')",
            name="supplier_files_barred",
        ),
        CheckConstraint("(account_number = '') = (account_index IS NULL)", name="supplier_files_account"),
        Index("supplier_files_supplier", "supplier_id", "id"),
        Index("supplier_files_search", text(f"search_bigrams({SUPPLIER_WORDS})"), postgresql_using="gin"),
        Index("supplier_files_account_index", "buyer_id", "account_index"),
    )

    buyer_id: UUID
    supplier_id: UUID | None = None
    uscc: str
    name_zh: str
    name_en: str = ""
    small_firm: bool
    kinds: list[str] = Field(sa_type=ARRAY(Text))
    contacts: list[dict[str, Any]] = Field(sa_type=JSONB)
    note: str = ""
    state: State = Field(sa_type=text_enum(State))
    reason: str = ""
    until: date | None = None
    account_holder: str = ""
    account_bank: str = ""
    account_number: str = ""
    account_index: bytes | None = Field(default=None, sa_type=LargeBinary)


class Licence(Row, table=True):
    """A licence or certificate (资质证照) of a supplier, as the buyer has it on record.

    `valid_until` is the last day on which it holds, None when it has no end (长期). Without an obligatory one of its
    kind in force the supplier gets no orders. `warned_for` is the `valid_until` that was warned about.
    """

    __tablename__ = "supplier_licences"
    __table_args__ = (
        ForeignKeyConstraint(["supplier_file_id"], ["supplier_files.id"], name="supplier_licences_file"),
        UniqueConstraint("supplier_file_id", "kind", "number", name="supplier_licences_once"),
        CheckConstraint(one_of("kind", LicenceKind), name="supplier_licences_kind"),
        CheckConstraint("valid_until >= valid_from", name="supplier_licences_dates"),
        Index("supplier_licences_end", "valid_until"),
    )

    supplier_file_id: UUID
    kind: LicenceKind = Field(sa_type=text_enum(LicenceKind))
    number: str
    issuer: str
    valid_from: date
    valid_until: date | None = None
    obligatory: bool
    file_id: UUID | None = None
    warned_for: date | None = None


class Invitation(Row, table=True):
    """A link that works once (邀请链接). Only the hash of its token is kept; a new one replaces an open one."""

    __tablename__ = "supplier_invitations"
    __table_args__ = (
        ForeignKeyConstraint(["supplier_file_id"], ["supplier_files.id"], name="supplier_invitations_file"),
        UniqueConstraint("token_hash", name="supplier_invitations_token"),
        CheckConstraint("octet_length(token_hash) = 32", name="supplier_invitations_hash"),
        Index(
            "supplier_invitations_open",
            "supplier_file_id",
            unique=True,
            postgresql_where=text("redeemed_at IS NULL AND replaced_at IS NULL"),
        ),
    )

    supplier_file_id: UUID
    token_hash: bytes = Field(sa_type=LargeBinary)
    expires_at: datetime = Field(sa_type=TIMESTAMPTZ)
    redeemed_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    replaced_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)


class SupplierPolicy(Row, table=True):
    """A buyer's own rule about suppliers (供应商管理制度), with its source and the first day on which it counts.

    `file_required`: only suppliers with an active file get orders. `warning_days`: how long before its end a licence is
    warned about.
    """

    __tablename__ = "supplier_policies"
    __table_args__ = (
        UniqueConstraint("buyer_id", "valid_from", name="supplier_policies_day_taken"),
        CheckConstraint("warning_days BETWEEN 0 AND 365", name="supplier_policies_warning"),
    )

    buyer_id: UUID
    valid_from: date
    file_required: bool
    warning_days: int
    source: str
