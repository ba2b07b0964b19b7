"""Wage accounts, payrolls, payouts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0011"
down_revision = "0010"

INSTANT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(precision=18, scale=2)
LEDGER = (
    "wage_entries",
    "payrolls",
    "payroll_lines",
    "payroll_items",
    "payroll_signatures",
    "payroll_objections",
    "payouts",
    "payout_rows",
    "payees",
)
"""The ledger of wages (art 15): nothing of it is deleted."""


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    _wage_accounts()
    _wage_shares()
    _wage_entries()
    _wage_clocks()
    _wage_guarantees()
    _payrolls()
    _payroll_chunks()
    _payroll_lines()
    _payroll_items()
    _payroll_signatures()
    _payroll_objections()
    _piece_records()
    _payouts()
    _payout_rows()
    _payees()
    role = context.config.attributes["runtime_role"]
    op.execute(f'REVOKE DELETE, TRUNCATE ON {", ".join(LEDGER)} FROM "{role}"')
    op.execute(f'REVOKE UPDATE ON wage_entries FROM "{role}"')


def _wage_accounts() -> None:
    op.create_table(
        "wage_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("number_masked", sa.Text(), nullable=False),
        sa.Column("number_index", sa.LargeBinary(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("share_day", sa.Integer(), nullable=False),
        sa.Column("share_amount", MONEY, nullable=False),
        sa.Column("balance", MONEY, nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("notice_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'planned') = (opened_on IS NULL)", name="wage_accounts_opened"),
        sa.CheckConstraint("state IN ('planned', 'open', 'notice', 'closed')", name="wage_accounts_state"),
        sa.CheckConstraint("balance >= 0", name="wage_accounts_never_negative"),
        sa.CheckConstraint("share_amount > 0", name="wage_accounts_share_amount"),
        sa.CheckConstraint("share_day BETWEEN 1 AND 28", name="wage_accounts_share_day"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contractor_id", "number_index", name="wage_accounts_number_taken"),
        sa.UniqueConstraint("project_id", name="wage_accounts_once"),
    )
    op.create_index("wage_accounts_contractor", "wage_accounts", ["contractor_id", "id"], unique=False)


def _wage_shares() -> None:
    op.create_table(
        "wage_shares",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("paid", MONEY, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'paid') = (paid >= amount)", name="wage_shares_paid"),
        sa.CheckConstraint("state IN ('due', 'overdue', 'paid')", name="wage_shares_state"),
        sa.CheckConstraint("amount > 0 AND paid >= 0", name="wage_shares_amounts"),
        sa.ForeignKeyConstraint(["account_id"], ["wage_accounts.id"], name="wage_shares_account"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "due_on", name="wage_shares_once"),
    )
    op.create_index("wage_shares_project", "wage_shares", ["project_id", "id"], unique=False)


def _wage_entries() -> None:
    op.create_table(
        "wage_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("balance", MONEY, nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("share_id", sa.Uuid(), nullable=True),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("booked_by", sa.Text(), nullable=False),
        sa.Column("booked_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "amount <> 0 AND (kind IN ('deposit', 'payout_returned')) = (amount > 0)", name="wage_entries_direction"
        ),
        sa.CheckConstraint("kind IN ('deposit', 'payout', 'payout_returned', 'remainder')", name="wage_entries_kind"),
        sa.CheckConstraint("balance >= 0", name="wage_entries_never_negative"),
        sa.ForeignKeyConstraint(["account_id"], ["wage_accounts.id"], name="wage_entries_account"),
        sa.ForeignKeyConstraint(["share_id"], ["wage_shares.id"], name="wage_entries_share"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "kind", "subject_id", name="wage_entries_once"),
        sa.UniqueConstraint("account_id", "position", name="wage_entries_position"),
    )
    op.create_index(
        "wage_entries_deposit_once",
        "wage_entries",
        ["account_id", "bank_reference"],
        unique=True,
        postgresql_where=sa.text("kind = 'deposit'"),
    )


def _wage_clocks() -> None:
    op.create_table(
        "wage_clocks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('open_account', 'lodge_guarantee', 'pay_out_guarantee', 'top_up_guarantee')",
            name="wage_clocks_kind",
        ),
        sa.CheckConstraint("state IN ('running', 'missed', 'met', 'met_late')", name="wage_clocks_state"),
        sa.ForeignKeyConstraint(["account_id"], ["wage_accounts.id"], name="wage_clocks_account"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "wage_clocks_one_open",
        "wage_clocks",
        ["subject_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state IN ('running', 'missed')"),
    )
    op.create_index("wage_clocks_project", "wage_clocks", ["project_id", "id"], unique=False)


def _wage_guarantees() -> None:
    op.create_table(
        "wage_guarantees",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("contract_amount", MONEY, nullable=False),
        sa.Column("percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("clean_years", sa.Integer(), nullable=False),
        sa.Column("several_projects", sa.Boolean(), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("drawn", MONEY, nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("form = '' OR form IN ('cash', 'bank_guarantee', 'insurance')", name="wage_guarantees_form"),
        sa.CheckConstraint(
            "state IN ('required', 'exempt', 'lodged', 'drawn', 'released')", name="wage_guarantees_state"
        ),
        sa.CheckConstraint("drawn >= 0 AND drawn <= amount", name="wage_guarantees_drawn"),
        sa.ForeignKeyConstraint(["account_id"], ["wage_accounts.id"], name="wage_guarantees_account"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", name="wage_guarantees_once"),
    )
    op.create_index("wage_guarantees_project", "wage_guarantees", ["project_id", "id"], unique=False)


def _payrolls() -> None:
    op.create_table(
        "payrolls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("cost_code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("gross", MONEY, nullable=False),
        sa.Column("net", MONEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("drafted_by", sa.Text(), nullable=False),
        sa.Column("checked_by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", INSTANT, nullable=True),
        sa.CheckConstraint("(run = 'regular') = (corrects_id IS NULL)", name="payrolls_corrects_named"),
        sa.CheckConstraint("approved_by = '' OR approved_by <> checked_by", name="payrolls_four_eyes"),
        sa.CheckConstraint("run IN ('regular', 'correction', 'arrears')", name="payrolls_run"),
        sa.CheckConstraint(
            "state IN ('drafting', 'draft', 'submitted', 'checked', 'approved', 'paid', 'cancelled')",
            name="payrolls_state",
        ),
        sa.CheckConstraint("extract(day FROM month) = 1", name="payrolls_month"),
        sa.ForeignKeyConstraint(["corrects_id"], ["payrolls.id"], name="payrolls_corrects"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("payrolls_employer", "payrolls", ["employer_id", "id"], unique=False)
    op.create_index("payrolls_project", "payrolls", ["project_id", "id"], unique=False)
    op.create_index(
        "payrolls_regular_once",
        "payrolls",
        ["employer_id", "project_id", "month"],
        unique=True,
        postgresql_where=sa.text("run = 'regular' AND state <> 'cancelled'"),
    )


def _payroll_chunks() -> None:
    op.create_table(
        "payroll_chunks",
        sa.Column("payroll_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("first_worker", sa.Uuid(), nullable=False),
        sa.Column("last_worker", sa.Uuid(), nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["payroll_id"], ["payrolls.id"], name="payroll_chunks_payroll"),
        sa.PrimaryKeyConstraint("payroll_id", "position"),
    )


def _payroll_lines() -> None:
    op.create_table(
        "payroll_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("payroll_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("worker_name", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("days", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("hours", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("gross", MONEY, nullable=False),
        sa.Column("deductions", MONEY, nullable=False),
        sa.Column("net", MONEY, nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("below_minimum", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="payroll_lines_paid"),
        sa.CheckConstraint(
            "state IN ('draft', 'offered', 'signed', 'contested', 'approved', 'paid')", name="payroll_lines_state"
        ),
        sa.CheckConstraint("net = gross - deductions AND net >= 0 AND deductions >= 0", name="payroll_lines_sums"),
        sa.ForeignKeyConstraint(["payroll_id"], ["payrolls.id"], name="payroll_lines_payroll"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("payroll_id", "worker_id", name="payroll_lines_once"),
    )
    op.create_index("payroll_lines_project", "payroll_lines", ["project_id", "state"], unique=False)
    op.create_index("payroll_lines_worker", "payroll_lines", ["worker_id", "id"], unique=False)


def _payroll_items() -> None:
    op.create_table(
        "payroll_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=18, scale=3), nullable=False),
        sa.Column("rate", MONEY, nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.CheckConstraint("direction IN ('wage', 'allowance', 'deduction')", name="payroll_items_direction"),
        sa.CheckConstraint("amount >= 0", name="payroll_items_amount"),
        sa.ForeignKeyConstraint(["line_id"], ["payroll_lines.id"], name="payroll_items_line"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("payroll_items_line_id", "payroll_items", ["line_id", "id"], unique=False)


def _payroll_signatures() -> None:
    op.create_table(
        "payroll_signatures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("net", MONEY, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("signed_at", INSTANT, nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("checked_at", INSTANT, nullable=True),
        sa.Column("code_sent_to", sa.Text(), nullable=False),
        sa.Column("code_sent_at", INSTANT, nullable=True),
        sa.Column("address_hash", sa.LargeBinary(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("voided_at", INSTANT, nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(method = 'link') = (link_id IS NOT NULL)", name="payroll_signatures_by"),
        sa.CheckConstraint("(method = 'paper') = (file_id IS NOT NULL)", name="payroll_signatures_scan"),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name="payroll_signatures_void"),
        sa.CheckConstraint("method IN ('link', 'paper')", name="payroll_signatures_method"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="payroll_signatures_file"),
        sa.ForeignKeyConstraint(["line_id"], ["payroll_lines.id"], name="payroll_signatures_line"),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name="payroll_signatures_link"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("payroll_signatures_of_line", "payroll_signatures", ["line_id", "id"], unique=False)
    op.create_index(
        "payroll_signatures_one_valid",
        "payroll_signatures",
        ["line_id"],
        unique=True,
        postgresql_where=sa.text("voided_at IS NULL"),
    )


def _payroll_objections() -> None:
    op.create_table(
        "payroll_objections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("adjusted", sa.Boolean(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.CheckConstraint("(answered_at IS NULL) = (answer = '')", name="payroll_objections_answered"),
        sa.CheckConstraint("method IN ('link', 'paper')", name="payroll_objections_method"),
        sa.ForeignKeyConstraint(["line_id"], ["payroll_lines.id"], name="payroll_objections_line"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "payroll_objections_one_open",
        "payroll_objections",
        ["line_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )


def _piece_records() -> None:
    op.create_table(
        "piece_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=3), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint("quantity <> 0", name="piece_records_quantity"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="piece_records_worker"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("piece_records_employer", "piece_records", ["employer_id", "id"], unique=False)
    op.create_index("piece_records_project", "piece_records", ["project_id", "employer_id", "day"], unique=False)


def _payouts() -> None:
    op.create_table(
        "payouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("execute_on", sa.Date(), nullable=False),
        sa.Column("transfers", sa.Integer(), nullable=False),
        sa.Column("total", MONEY, nullable=False),
        sa.Column("paid", MONEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.CheckConstraint("approved_by = '' OR approved_by <> prepared_by", name="payouts_four_eyes"),
        sa.CheckConstraint("state IN ('draft', 'approved', 'exported', 'settled', 'cancelled')", name="payouts_state"),
        sa.CheckConstraint("total > 0 AND paid >= 0 AND paid <= total", name="payouts_amounts"),
        sa.ForeignKeyConstraint(["account_id"], ["wage_accounts.id"], name="payouts_account"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contractor_id", "number", name="payouts_number_taken"),
    )
    op.create_index("payouts_contractor", "payouts", ["contractor_id", "id"], unique=False)
    op.create_index("payouts_project", "payouts", ["project_id", "id"], unique=False)


def _payout_rows() -> None:
    op.create_table(
        "payout_rows",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("payroll_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("payee_name", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("card_masked", sa.Text(), nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'paid') = (bank_reference <> '' AND paid_on IS NOT NULL)", name="payout_rows_proof"
        ),
        sa.CheckConstraint("state IN ('pending', 'paid', 'failed', 'cancelled')", name="payout_rows_state"),
        sa.CheckConstraint("amount > 0", name="payout_rows_amount"),
        sa.ForeignKeyConstraint(["line_id"], ["payroll_lines.id"], name="payout_rows_line"),
        sa.ForeignKeyConstraint(["payout_id"], ["payouts.id"], name="payout_rows_payout"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("payout_id", "position", name="payout_rows_position"),
    )
    op.create_index(
        "payout_rows_line_once",
        "payout_rows",
        ["line_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('pending', 'paid')"),
    )


def _payees() -> None:
    op.create_table(
        "payees",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("card_masked", sa.Text(), nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.CheckConstraint("cause IN ('lost_card', 'new_card', 'heir')", name="payees_cause"),
        sa.CheckConstraint("state IN ('proposed', 'confirmed', 'declined', 'revoked')", name="payees_state"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="payees_file"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="payees_worker"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("payees_contractor", "payees", ["contractor_id", "id"], unique=False)
    op.create_index("payees_employer", "payees", ["employer_id", "id"], unique=False)
    op.create_index(
        "payees_one_in_force",
        "payees",
        ["worker_id", "contractor_id"],
        unique=True,
        postgresql_where=sa.text("state = 'confirmed'"),
    )
