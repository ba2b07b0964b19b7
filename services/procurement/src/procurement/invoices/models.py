"""Tables of invoices."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from chassis.ids import new_id
from procurement.invoices.states import Kind, State

NONE = {"server_default": text("'{}'")}


class Invoice(Row, table=True):
    """A fully digitalised e-invoice (数电发票) of an order's supplier to its buyer, as it is printed.

    `net`, `tax` and `gross` (金额, 税额, 价税合计) are the sums of the lines in `currency`, negative on a red one,
    which names in `corrects_id` the blue one. `reasons` are why the document as a whole does not match;
    `tolerance_percent` is by how much its prices might exceed the agreed ones when it was last matched, by which rule
    says `tolerance_ref`.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        ForeignKeyConstraint(["corrects_id"], ["invoices.id"], name="invoices_corrects"),
        # A cancelled entry was a mistake: the number may be entered again.
        Index(
            "invoices_number_taken", "supplier_id", "number", unique=True, postgresql_where=text("state <> 'cancelled'")
        ),
        CheckConstraint(one_of("state", State), name="invoices_state"),
        CheckConstraint(one_of("kind", Kind), name="invoices_kind"),
        CheckConstraint("number ~ '^[0-9]{20}$'", name="invoices_number"),
        CheckConstraint("seller_uscc ~ '^[0-9A-Z]{18}$' AND buyer_uscc ~ '^[0-9A-Z]{18}$'", name="invoices_uscc"),
        CheckConstraint("(kind = 'red') = (corrects_id IS NOT NULL)", name="invoices_corrected"),
        CheckConstraint("gross = net + tax", name="invoices_gross"),
        CheckConstraint("CASE kind WHEN 'blue' THEN gross >= 0 ELSE gross <= 0 END", name="invoices_sign"),
        CheckConstraint("(state = 'approved') = (approved_at IS NOT NULL)", name="invoices_approved"),
        CheckConstraint("approved_by <> entered_by", name="invoices_four_eyes"),
        Index("invoices_buyer", "buyer_id", "id"),
        Index("invoices_supplier", "supplier_id", "id"),
        Index("invoices_project", "project_id", "id"),
        Index("invoices_correcting", "corrects_id", postgresql_where=text("corrects_id IS NOT NULL")),
    )

    number: str
    kind: Kind = Field(sa_type=text_enum(Kind))
    corrects_id: UUID | None = None
    project_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    seller_uscc: str
    buyer_uscc: str
    issue_date: date
    currency: str
    net: Decimal = Field(sa_type=Numeric(18, 2))
    tax: Decimal = Field(sa_type=Numeric(18, 2))
    gross: Decimal = Field(sa_type=Numeric(18, 2))
    state: State = Field(sa_type=text_enum(State))
    reasons: list[str] = Field(default_factory=list, sa_type=ARRAY(String), sa_column_kwargs=NONE)
    tolerance_percent: Decimal = Field(default=Decimal(0), sa_type=Numeric(18, 2))
    tolerance_ref: str = ""
    entered_by: str
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    reason: str = ""

    lines: list["InvoiceLine"] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "order_by": "InvoiceLine.position", "cascade": "all"}
    )


class InvoiceLine(SQLModel, table=True):
    """A line as printed, and what it was compared with.

    `unit_price` is without tax (不含税单价); `expected_price` the price with tax of the order, of the agreed statement
    line, or of the line that a red one takes back. `reasons` are why the line does not match.
    """

    __tablename__ = "invoice_lines"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["invoice_id"], ["invoices.id"], ondelete="CASCADE", name="invoice_lines_invoice"),
        ForeignKeyConstraint(["order_line_id"], ["order_lines.id"], name="invoice_lines_order_line"),
        ForeignKeyConstraint(["statement_line_id"], ["statement_lines.id"], name="invoice_lines_statement_line"),
        ForeignKeyConstraint(["corrects_line_id"], ["invoice_lines.id"], name="invoice_lines_corrects"),
        UniqueConstraint("invoice_id", "position", name="invoice_lines_position"),
        CheckConstraint("quantity <> 0", name="invoice_lines_quantity"),
        CheckConstraint("gross = net + tax", name="invoice_lines_gross"),
        CheckConstraint("unit_price >= 0", name="invoice_lines_price"),
        CheckConstraint("tax_percent BETWEEN 0 AND 100", name="invoice_lines_tax"),
        CheckConstraint("(quantity < 0) = (corrects_line_id IS NOT NULL)", name="invoice_lines_sign"),
        Index("invoice_lines_of_order_line", "order_line_id"),
        Index(
            "invoice_lines_of_statement",
            "statement_line_id",
            postgresql_where=text("statement_line_id IS NOT NULL"),
        ),
        Index("invoice_lines_correcting", "corrects_line_id", postgresql_where=text("corrects_line_id IS NOT NULL")),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    invoice_id: UUID
    position: int
    order_id: UUID
    order_line_id: UUID
    statement_line_id: UUID | None = None
    corrects_line_id: UUID | None = None
    material_code: str
    unit: str
    cost_code: str
    quantity: Decimal = Field(sa_type=Numeric(18, 6))
    unit_price: Decimal = Field(sa_type=Numeric(25, 13))
    net: Decimal = Field(sa_type=Numeric(18, 2))
    tax_percent: Decimal = Field(sa_type=Numeric(5, 2))
    tax: Decimal = Field(sa_type=Numeric(18, 2))
    gross: Decimal = Field(sa_type=Numeric(18, 2))
    expected_price: Decimal = Field(sa_type=Numeric(25, 13))
    reasons: list[str] = Field(default_factory=list, sa_type=ARRAY(String), sa_column_kwargs=NONE)
