"""Supplemental agreements go by the approval matrix: they wait as submitted, and say how much they add.

Those that signed supplements added before are not counted: their rows do not say it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_KINDS = "'requisition', 'order', 'award', 'agreement', 'supplement', 'change', 'payment'"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.add_column("agreement_supplements", sa.Column("adds", sa.Numeric(precision=18, scale=2), nullable=True))
    op.drop_constraint("agreement_supplements_state", "agreement_supplements", type_="check")
    op.create_check_constraint(
        "agreement_supplements_state",
        "agreement_supplements",
        "state IN ('draft', 'submitted', 'proposed', 'signed', 'declined', 'withdrawn')",
    )
    op.drop_index("agreement_supplements_one_open", table_name="agreement_supplements")
    op.create_index(
        "agreement_supplements_one_open",
        "agreement_supplements",
        ["agreement_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'submitted', 'proposed')"),
    )
    for table in ("approval_matrices", "approval_steps"):
        op.drop_constraint(f"{table}_kind", table, type_="check")
        op.create_check_constraint(f"{table}_kind", table, f"document_kind IN ({_KINDS})")
