"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
% if down_revision is None:

from chassis.migrations import create_chassis_tables
% endif

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
% if down_revision is None:
    create_chassis_tables()
% endif
    ${upgrades if upgrades else "pass"}
