"""The role accountant."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

ROLES = (
    "roles <@ ARRAY['admin', 'project_manager', 'cost_controller', 'buyer', 'approver', 'accountant', 'site_engineer', "
    "'sales', 'labour_clerk', 'personal_data_officer', 'gate_device', 'fleet_manager', 'telematics', 'integrator', "
    "'viewer']::text[]"
)


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    for table in ("members", "clients"):
        op.drop_constraint(f"{table}_roles", table)
        op.create_check_constraint(f"{table}_roles", table, ROLES)
