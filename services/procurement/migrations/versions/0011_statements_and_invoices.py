"""Statements and invoices; by how much an invoice's prices may exceed the agreed ones is a rule."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.drop_constraint("organisation_rules_kind", "organisation_rules")
    op.create_check_constraint(
        "organisation_rules_kind",
        "organisation_rules",
        "kind IN ('tolerance_percent', 'direct_limit', 'payment_days', 'retention_percent', 'price_tolerance_percent',"
        " 'overdue_percent_per_day')",
    )
    op.create_table(
        "invoices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("seller_uscc", sa.Text(), nullable=False),
        sa.Column("buyer_uscc", sa.Text(), nullable=False),
        sa.Column("issue_date", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("net", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("gross", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reasons", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("tolerance_percent", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tolerance_ref", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(kind = 'red') = (corrects_id IS NOT NULL)", name="invoices_corrected"),
        sa.CheckConstraint("(state = 'approved') = (approved_at IS NOT NULL)", name="invoices_approved"),
        sa.CheckConstraint("CASE kind WHEN 'blue' THEN gross >= 0 ELSE gross <= 0 END", name="invoices_sign"),
        sa.CheckConstraint("kind IN ('blue', 'red')", name="invoices_kind"),
        sa.CheckConstraint("number ~ '^[0-9]{20}$'", name="invoices_number"),
        sa.CheckConstraint("seller_uscc ~ '^[0-9A-Z]{18}$' AND buyer_uscc ~ '^[0-9A-Z]{18}$'", name="invoices_uscc"),
        sa.CheckConstraint(
            "state IN ('received', 'matched', 'mismatched', 'approved', 'rejected', 'cancelled')", name="invoices_state"
        ),
        sa.CheckConstraint("approved_by <> entered_by", name="invoices_four_eyes"),
        sa.CheckConstraint("gross = net + tax", name="invoices_gross"),
        sa.ForeignKeyConstraint(["corrects_id"], ["invoices.id"], name="invoices_corrects"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("invoices_buyer", "invoices", ["buyer_id", "id"], unique=False)
    op.create_index(
        "invoices_correcting",
        "invoices",
        ["corrects_id"],
        unique=False,
        postgresql_where=sa.text("corrects_id IS NOT NULL"),
    )
    op.create_index(
        "invoices_number_taken",
        "invoices",
        ["supplier_id", "number"],
        unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_index("invoices_project", "invoices", ["project_id", "id"], unique=False)
    op.create_index("invoices_supplier", "invoices", ["supplier_id", "id"], unique=False)
    op.create_table(
        "statements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("drafted_by", sa.Text(), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("drafted_by IN ('buyer', 'supplier')", name="statements_drafted_by"),
        sa.CheckConstraint(
            "state IN ('draft', 'proposed', 'partly_agreed', 'agreed', 'closed', 'withdrawn')", name="statements_state"
        ),
        sa.CheckConstraint("extract(day FROM period) = 1", name="statements_period"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("statements_buyer", "statements", ["buyer_id", "id"], unique=False)
    op.create_index("statements_project", "statements", ["project_id", "id"], unique=False)
    op.create_index("statements_supplier", "statements", ["supplier_id", "id"], unique=False)
    op.create_table(
        "statement_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("delivery_line_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("buyer_view", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("supplier_view", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_quantity", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("claimed_unit_price", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "'disputed' NOT IN (buyer_view, supplier_view) OR reason <> ''", name="statement_lines_reason"
        ),
        sa.CheckConstraint("buyer_view IN ('open', 'agreed', 'disputed')", name="statement_lines_buyer_view"),
        sa.CheckConstraint("claimed_by IN ('buyer', 'supplier')", name="statement_lines_claimed_by"),
        sa.CheckConstraint("supplier_view IN ('open', 'agreed', 'disputed')", name="statement_lines_supplier_view"),
        sa.CheckConstraint(
            "(recorded > 0 AND quantity BETWEEN 0 AND recorded) OR (recorded < 0 AND quantity BETWEEN recorded AND 0)",
            name="statement_lines_quantity",
        ),
        sa.CheckConstraint("unit_price >= 0", name="statement_lines_price"),
        sa.ForeignKeyConstraint(["delivery_line_id"], ["delivery_lines.id"], name="statement_lines_delivery_line"),
        sa.ForeignKeyConstraint(["order_line_id"], ["order_lines.id"], name="statement_lines_order_line"),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.id"], name="statement_lines_statement", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("delivery_line_id", "part", name="statement_lines_once"),
        sa.UniqueConstraint("statement_id", "position", name="statement_lines_position"),
    )
    op.create_index("statement_lines_order_line", "statement_lines", ["order_line_id"], unique=False)
    op.create_table(
        "invoice_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("statement_line_id", sa.Uuid(), nullable=True),
        sa.Column("corrects_line_id", sa.Uuid(), nullable=True),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("cost_code", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=25, scale=13), nullable=False),
        sa.Column("net", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("tax", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("gross", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("expected_price", sa.Numeric(precision=25, scale=13), nullable=False),
        sa.Column("reasons", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint("(quantity < 0) = (corrects_line_id IS NOT NULL)", name="invoice_lines_sign"),
        sa.CheckConstraint("gross = net + tax", name="invoice_lines_gross"),
        sa.CheckConstraint("quantity <> 0", name="invoice_lines_quantity"),
        sa.CheckConstraint("tax_percent BETWEEN 0 AND 100", name="invoice_lines_tax"),
        sa.CheckConstraint("unit_price >= 0", name="invoice_lines_price"),
        sa.ForeignKeyConstraint(["corrects_line_id"], ["invoice_lines.id"], name="invoice_lines_corrects"),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name="invoice_lines_invoice", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["order_line_id"], ["order_lines.id"], name="invoice_lines_order_line"),
        sa.ForeignKeyConstraint(["statement_line_id"], ["statement_lines.id"], name="invoice_lines_statement_line"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("invoice_id", "position", name="invoice_lines_position"),
    )
    op.create_index(
        "invoice_lines_correcting",
        "invoice_lines",
        ["corrects_line_id"],
        unique=False,
        postgresql_where=sa.text("corrects_line_id IS NOT NULL"),
    )
    op.create_index("invoice_lines_of_order_line", "invoice_lines", ["order_line_id"], unique=False)
    op.create_index(
        "invoice_lines_of_statement",
        "invoice_lines",
        ["statement_line_id"],
        unique=False,
        postgresql_where=sa.text("statement_line_id IS NOT NULL"),
    )
