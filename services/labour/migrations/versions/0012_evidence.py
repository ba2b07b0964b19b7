"""Chains of evidence, and the triggers that tell which of them to compute again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"

KEY = "INSERT INTO evidence_changes (project_id, worker_id, month)"

# Table → what of its changed rows tells the worker's month. `changed` are the new rows, `before` the old ones.
NEW = {
    "worker_days": """
        SELECT DISTINCT project_id, worker_id, date_trunc('month', day)::date FROM changed WHERE days <> 0
    """,
    "assignment_stays": "{stays}",
    "contracts": "{contracts}",
    "payroll_lines": "SELECT DISTINCT project_id, worker_id, month FROM changed",
    "payroll_signatures": """
        SELECT DISTINCT l.project_id, l.worker_id, l.month FROM changed c JOIN payroll_lines l ON l.id = c.line_id
    """,
    "payroll_objections": """
        SELECT DISTINCT l.project_id, l.worker_id, l.month FROM changed c JOIN payroll_lines l ON l.id = c.line_id
    """,
    "payout_rows": """
        SELECT DISTINCT l.project_id, l.worker_id, l.month FROM changed c JOIN payroll_lines l ON l.id = c.line_id
    """,
}
CHANGED = {
    "worker_days": """
        SELECT DISTINCT c.project_id, c.worker_id, date_trunc('month', c.day)::date
        FROM changed c JOIN before b ON (b.assignment_id, b.day) = (c.assignment_id, c.day)
        WHERE b.days <> c.days
            OR ((b.first_in IS NULL) <> (b.first_out IS NULL)) <> ((c.first_in IS NULL) <> (c.first_out IS NULL))
    """,
    "assignment_stays": NEW["assignment_stays"],
    "contracts": NEW["contracts"],
    "payroll_lines": NEW["payroll_lines"],
    "payroll_signatures": NEW["payroll_signatures"],
    "payroll_objections": NEW["payroll_objections"],
    "payout_rows": NEW["payout_rows"],
    "payouts": """
        SELECT DISTINCT l.project_id, l.worker_id, l.month
        FROM changed c JOIN before b ON b.id = c.id JOIN payout_rows r ON r.payout_id = c.id
        JOIN payroll_lines l ON l.id = r.line_id WHERE b.state <> c.state
    """,
    "payrolls": """
        SELECT DISTINCT l.project_id, l.worker_id, l.month
        FROM changed c JOIN before b ON b.id = c.id JOIN payroll_lines l ON l.payroll_id = c.id
        WHERE (b.state = 'cancelled') <> (c.state = 'cancelled')
    """,
    "workers": """
        SELECT DISTINCT e.project_id, e.worker_id, e.month
        FROM changed c JOIN before b ON b.id = c.id JOIN evidence_months e ON e.worker_id = c.id
        WHERE (b.nation = '' OR b.address = '' OR b.cell_phone = '') <> (c.nation = '' OR c.address = '' OR c.cell_phone = '')
    """,
}
STAYS = """
    SELECT DISTINCT a.project_id, a.worker_id, months.month::date
    FROM changed c JOIN assignments a ON a.id = c.assignment_id
    CROSS JOIN generate_series(
        date_trunc('month', c.entered_at - interval '1 day'), coalesce(c.left_at, now()) + interval '1 day',
        interval '1 month') AS months (month)
"""
CONTRACTS = """
    SELECT DISTINCT a.project_id, a.worker_id, months.month::date
    FROM changed c
    JOIN assignments a ON a.worker_id = c.worker_id AND (c.project_id IS NULL OR a.project_id = c.project_id)
    CROSS JOIN generate_series(
        date_trunc('month', c.valid_from::timestamp), least(coalesce(c.valid_to, now()::date), now()::date + 1),
        interval '1 month') AS months (month)
    WHERE c.signed_at IS NOT NULL
"""


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.create_table(
        "evidence_months",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("gaps", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("days", sa.Numeric(6, 2), nullable=False),
        sa.Column("sheet_days", sa.Numeric(6, 2), nullable=False),
        sa.Column("net", sa.Numeric(18, 2), nullable=False),
        sa.Column("paid", sa.Numeric(18, 2), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('complete', 'gaps')", name="evidence_months_status"),
        sa.CheckConstraint("(status = 'gaps') = (gaps > 0)", name="evidence_months_gaps"),
        sa.PrimaryKeyConstraint("project_id", "worker_id", "month"),
    )
    op.create_index("evidence_months_project", "evidence_months", ["project_id", "month", "worker_id"])
    op.create_index("evidence_months_employer", "evidence_months", ["employer_id", "month", "worker_id"])
    op.create_index("evidence_months_worker", "evidence_months", ["worker_id"])
    _gaps()
    op.create_table(
        "evidence_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    _warnings()
    for table, query in NEW.items():
        _trigger(table, "insert", query, "NEW TABLE AS changed")
    for table, query in CHANGED.items():
        _trigger(table, "update", query, "OLD TABLE AS before NEW TABLE AS changed")


def _gaps() -> None:
    op.create_table(
        "evidence_gaps",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("responsible", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "link IN ('contract', 'registration', 'entry', 'attendance', 'sheet', 'signature', 'payment', 'receipt')",
            name="evidence_gaps_link",
        ),
        sa.CheckConstraint(
            "responsible IN ('employer', 'general_contractor', 'worker')", name="evidence_gaps_responsible"
        ),
        sa.PrimaryKeyConstraint("project_id", "worker_id", "month", "code"),
    )
    op.create_index("evidence_gaps_project", "evidence_gaps", ["project_id", "due_on"])
    op.create_index("evidence_gaps_employer", "evidence_gaps", ["employer_id", "due_on"])


def _warnings() -> None:
    op.create_table(
        "employer_warnings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("raised", postgresql.JSONB(), nullable=False),
        sa.Column("lifted", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("level IN ('none', 'yellow', 'orange', 'red')", name="employer_warnings_level"),
        sa.CheckConstraint("score >= 0", name="employer_warnings_score"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project_id", "employer_id", "day", name="employer_warnings_once"),
    )
    op.create_index("employer_warnings_employer", "employer_warnings", ["employer_id", "day"])


def _trigger(table: str, event: str, query: str, tables: str) -> None:
    """After each statement, never for each row: a gate's thousand swipes are one."""
    name = f"evidence_{event}_{table}"
    select = query.format(stays=STAYS, contracts=CONTRACTS)
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {KEY} {select}; RETURN NULL; END $body$"
    )
    op.execute(
        f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table} REFERENCING {tables} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )
