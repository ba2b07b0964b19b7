"""What a change of an order reserves beside the order, and which fact is the newest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

STATES = "state IN ('reserved', 'confirmed', 'released', 'lapsed', 'cancelled', 'merged')"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.add_column("commitments", sa.Column("change_id", sa.Uuid(), nullable=True))
    op.add_column(
        "commitments", sa.Column("order_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.create_unique_constraint(
        "commitments_once", "commitments", ["order_id", "change_id"], postgresql_nulls_not_distinct=True
    )
    op.drop_constraint("commitments_order_once", "commitments")
    op.drop_constraint("commitments_state", "commitments")
    op.create_check_constraint("commitments_state", "commitments", STATES)
