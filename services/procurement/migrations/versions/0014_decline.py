"""decline: a supplier refuses an approved order."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"

STATES = (
    "'draft', 'submitted', 'approved', 'confirmed', 'in_delivery', 'completed', 'rejected', 'cancelled', 'declined'"
)


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.drop_constraint("orders_state", "orders")
    op.create_check_constraint("orders_state", "orders", f"state IN ({STATES})")
