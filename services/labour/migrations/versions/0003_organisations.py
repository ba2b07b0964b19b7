"""The replica of organisations."""

from __future__ import annotations

from chassis.migrations import create_known_organisations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    create_known_organisations()
