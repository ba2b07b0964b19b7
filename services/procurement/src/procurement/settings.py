"""What procurement reads from its environment beside what every service does."""

from __future__ import annotations

from pathlib import Path

from chassis.settings import VaultSettings


class ProcurementSettings(VaultSettings):
    """`projects_grpc` is required: budget is asked there. The vault keeps suppliers' bank accounts.

    `files_dir`: where uploaded files lie, shared by all processes of the service. `clamd`: where the virus scanner
    listens, `host:port` or the path of a unix socket; without it files are kept as `unscanned`.
    """

    projects_grpc: str
    files_dir: Path
    clamd: str | None = None
