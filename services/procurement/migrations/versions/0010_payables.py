"""Payables, payments, guarantees."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.create_table(
        "guarantees",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("beneficiary_id", sa.Uuid(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("claimed_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("alerted", sa.Integer(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'claimed') = (claimed_amount > 0)", name="guarantees_claimed_amount"),
        sa.CheckConstraint("form IN ('bank_guarantee', 'insurance_bond', 'cash_deposit')", name="guarantees_form"),
        sa.CheckConstraint("kind IN ('performance', 'advance_payment', 'quality', 'payment')", name="guarantees_kind"),
        sa.CheckConstraint("state IN ('active', 'released', 'claimed', 'expired')", name="guarantees_state"),
        sa.CheckConstraint("amount > 0", name="guarantees_amount"),
        sa.CheckConstraint("claimed_amount >= 0 AND claimed_amount <= amount", name="guarantees_claimed"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("beneficiary_id", "issuer", "number", name="guarantees_number_taken"),
    )
    op.create_index("guarantees_applicant", "guarantees", ["applicant_id", "id"], unique=False)
    op.create_index("guarantees_end", "guarantees", ["beneficiary_id", "valid_until"], unique=False)
    op.create_table(
        "payables",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("order_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("paid", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("offset_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("returned", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("in_payment", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("consumed", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("costs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_by", sa.Text(), nullable=False),
        sa.Column("due_source", sa.Text(), nullable=False),
        sa.Column("due_by_contract", sa.Date(), nullable=True),
        sa.Column("due_by_law", sa.Date(), nullable=True),
        sa.Column("law_rule", sa.Text(), nullable=False),
        sa.Column("terms_id", sa.Uuid(), nullable=True),
        sa.Column("small_firm", sa.Boolean(), nullable=False),
        sa.Column("buyer_kind", sa.Text(), nullable=False),
        sa.Column("interest_percent", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("interest_days", sa.Integer(), nullable=True),
        sa.Column("interest_source", sa.Text(), nullable=False),
        sa.Column("late_amount_days", sa.Numeric(precision=24, scale=2), nullable=False),
        sa.Column("warned", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("(kind = 'advance') = (invoice_id IS NULL)", name="payables_invoice"),
        sa.CheckConstraint("(kind = 'retention') = (parent_id IS NOT NULL)", name="payables_retention_of"),
        sa.CheckConstraint(
            "(state = 'settled') = (paid + offset_amount + returned = amount)",
            name="payables_settled_when_nothing_left",
        ),
        sa.CheckConstraint("buyer_kind IN ('public_body', 'large_firm', 'other')", name="payables_buyer_kind"),
        sa.CheckConstraint("due_by IN ('contract', 'law', 'given')", name="payables_due_by"),
        sa.CheckConstraint("kind IN ('invoice', 'retention', 'advance', 'credit')", name="payables_kind"),
        sa.CheckConstraint("state IN ('withheld', 'open', 'settled')", name="payables_state"),
        sa.CheckConstraint("warned IN ('soon', 'tomorrow', 'overdue')", name="payables_warned"),
        sa.CheckConstraint("amount > 0", name="payables_amount"),
        sa.CheckConstraint("consumed >= 0 AND consumed <= paid", name="payables_consumed"),
        sa.CheckConstraint("paid + offset_amount + returned + in_payment <= amount", name="payables_never_overpaid"),
        sa.CheckConstraint(
            "paid >= 0 AND offset_amount >= 0 AND returned >= 0 AND in_payment >= 0", name="payables_not_negative"
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["payables.id"], name="payables_parent"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("buyer_id", "number", name="payables_number_taken"),
    )
    op.create_index("payables_between", "payables", ["buyer_id", "supplier_id", "project_id", "state"], unique=False)
    op.create_index("payables_buyer", "payables", ["buyer_id", "id"], unique=False)
    op.create_index(
        "payables_invoice_once",
        "payables",
        ["invoice_id", "kind"],
        unique=True,
        postgresql_where=sa.text("invoice_id IS NOT NULL"),
    )
    op.create_index("payables_supplier", "payables", ["supplier_id", "id"], unique=False)
    op.create_table(
        "payment_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("buyer_kind", sa.Text(), nullable=False),
        sa.Column("small_firm", sa.Boolean(), nullable=False),
        sa.Column("interest_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("retention_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("retention_months", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("buyer_kind IN ('public_body', 'large_firm', 'other')", name="payment_terms_buyer_kind"),
        sa.CheckConstraint("rule IN ('after_acceptance', 'after_month_end')", name="payment_terms_rule"),
        sa.CheckConstraint("days BETWEEN 0 AND 365", name="payment_terms_days"),
        sa.CheckConstraint("interest_percent BETWEEN 0 AND 100", name="payment_terms_interest"),
        sa.CheckConstraint("retention_months BETWEEN 0 AND 120", name="payment_terms_months"),
        sa.CheckConstraint("retention_percent BETWEEN 0 AND 100", name="payment_terms_retention"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "buyer_id", "supplier_id", "valid_from", name="payment_terms_day_taken", postgresql_nulls_not_distinct=True
        ),
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("refund", sa.Boolean(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("paid", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("execute_on", sa.Date(), nullable=False),
        sa.Column("debtor_holder", sa.Text(), nullable=False),
        sa.Column("debtor_bank", sa.Text(), nullable=False),
        sa.Column("debtor_account", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("approved_by = '' OR approved_by <> prepared_by", name="payments_four_eyes"),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'exported', 'executed', 'failed', 'cancelled')",
            name="payments_state",
        ),
        sa.CheckConstraint("(total < 0) = refund", name="payments_refund"),
        sa.CheckConstraint("abs(paid) <= abs(total)", name="payments_paid"),
        sa.CheckConstraint("total <> 0", name="payments_total"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("buyer_id", "number", name="payments_number_taken"),
    )
    op.create_index("payments_buyer", "payments", ["buyer_id", "id"], unique=False)
    op.create_table(
        "payable_offsets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payable_id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.CheckConstraint("amount > 0", name="payable_offsets_amount"),
        sa.ForeignKeyConstraint(["fund_id"], ["payables.id"], name="payable_offsets_fund"),
        sa.ForeignKeyConstraint(["payable_id"], ["payables.id"], name="payable_offsets_payable"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("payable_offsets_of_fund", "payable_offsets", ["fund_id"], unique=False)
    op.create_index("payable_offsets_of_payable", "payable_offsets", ["payable_id"], unique=False)
    op.create_table(
        "payment_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("payable_id", sa.Uuid(), nullable=False),
        sa.Column("payable_number", sa.Text(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("account_holder", sa.Text(), nullable=False),
        sa.Column("account_bank", sa.Text(), nullable=False),
        sa.Column("account_number", sa.Text(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("costs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "(state = 'executed') = (bank_reference <> '' AND paid_on IS NOT NULL)", name="payment_items_proof"
        ),
        sa.CheckConstraint("state IN ('pending', 'executed', 'failed', 'cancelled')", name="payment_items_state"),
        sa.CheckConstraint("amount <> 0", name="payment_items_amount"),
        sa.ForeignKeyConstraint(["payable_id"], ["payables.id"], name="payment_items_payable"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="payment_items_payment"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("payment_id", "payable_id", name="payment_items_once"),
    )
    op.create_index("payment_items_payable", "payment_items", ["payable_id"], unique=False)
    op.create_index(
        "payment_items_receipts",
        "payment_items",
        ["supplier_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'executed'"),
    )
