"""Approval by the matrix for orders, awards, agreements, changes and payments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

KINDS = "document_kind IN ('requisition', 'order', 'award', 'agreement', 'change', 'payment')"
WAITING = """
INSERT INTO approval_steps (id, version, created_at, updated_at, organisation_id, document_kind, document_id,
    document_number, authors, amount, position, role, matrix_ref, state, reason)
SELECT uuidv7(), 1, now(), now(), {organisation}, '{kind}', document.id, {number}, ARRAY[{author}]::varchar[], {amount},
    1, 'approver', '{kind}@2026-01-01', 'waiting', ''
FROM {rows} WHERE document.state = '{state}'
"""
IN_CNY = "CASE WHEN {0}.currency = 'CNY' THEN {1} END"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    for table in ("approval_matrices", "approval_steps"):
        op.drop_constraint(f"{table}_kind", table)
        op.create_check_constraint(f"{table}_kind", table, KINDS)
        op.add_column(table, sa.Column("same_person", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.alter_column("approval_steps", "amount", existing_type=sa.Numeric(18, 2), nullable=True)
    op.add_column("approval_steps", sa.Column("round", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.drop_constraint("approval_steps_position", "approval_steps")
    op.create_unique_constraint(
        "approval_steps_position", "approval_steps", ["document_kind", "document_id", "round", "position"]
    )
    for table in ("orders", "agreements"):
        people = sa.Column("revised_by", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False)
        op.add_column(table, people)
    op.add_column("awards", sa.Column("state", sa.Text(), server_default=sa.text("'approved'"), nullable=False))
    op.create_check_constraint("awards_state", "awards", "state IN ('submitted', 'approved', 'rejected', 'withdrawn')")
    held = sa.Column("held", sa.Numeric(18, 6), server_default=sa.text("0"), nullable=False)
    op.add_column("sourcing_lines", held)
    op.create_check_constraint("sourcing_lines_held", "sourcing_lines", "held >= 0 AND awarded + held <= quantity")
    op.drop_constraint("agreements_state", "agreements")
    op.create_check_constraint(
        "agreements_state",
        "agreements",
        "state IN ('draft', 'submitted', 'proposed', 'active', 'suspended', 'ended')",
    )
    _open_steps_of_what_waits()


def _open_steps_of_what_waits() -> None:
    """What was submitted before waits for one approver, as it did: the platform's default matrix."""
    op.execute(
        WAITING.format(
            kind="order", organisation="document.buyer_id", number="document.number", author="document.created_by",
            amount=IN_CNY.format("document", "document.total"), rows="orders AS document", state="submitted",
        )
    )  # fmt: skip
    op.execute(
        WAITING.format(
            kind="payment", organisation="document.buyer_id", number="document.number", author="document.prepared_by",
            amount=IN_CNY.format("document", "document.total"), rows="payments AS document", state="submitted",
        )
    )  # fmt: skip
    added = "(SELECT coalesce(sum(value::numeric), 0) FROM jsonb_each_text(document.adds))"
    op.execute(
        WAITING.format(
            kind="change", organisation="whole.buyer_id", number="whole.number || '/' || document.number",
            author="document.proposed_by", amount=IN_CNY.format("whole", added), state="proposed",
            rows="order_changes AS document JOIN orders AS whole ON whole.id = document.order_id",
        )
    )  # fmt: skip
