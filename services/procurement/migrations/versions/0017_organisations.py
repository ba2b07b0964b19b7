"""The replica of organisations; entitlements of a whole group."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.migrations import create_known_organisations

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    create_known_organisations()
    # The default stays: a service of before this version still writes entitlements while the new one starts.
    op.add_column(
        "agreement_entitlements", sa.Column("whole_group", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_check_constraint(
        "agreement_entitlements_group",
        "agreement_entitlements",
        "NOT whole_group OR (project_id IS NULL AND soft_cap IS NULL AND hard_cap IS NULL)",
    )
    op.drop_constraint("agreement_entitlements_once", "agreement_entitlements")
    op.create_unique_constraint(
        "agreement_entitlements_once",
        "agreement_entitlements",
        ["agreement_id", "organisation_id", "project_id", "whole_group"],
        postgresql_nulls_not_distinct=True,
    )
