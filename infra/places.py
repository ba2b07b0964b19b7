"""Where the local stack keeps what it makes: everything below `.local/` of the checkout, which git ignores.

ZHULIAN_LOCAL names another folder, so that a second stack of the same checkout (a test's) stays out of the way of the
first. Only Keycloak's distribution is shared: it is the same for everybody and takes half a minute to make.
"""

from __future__ import annotations

import os
from pathlib import Path

from infra.contracts.paths import ROOT

LOCAL = Path(os.environ.get("ZHULIAN_LOCAL") or ROOT / ".local").absolute()
KEYCLOAK = ROOT / ".local" / "keycloak"
CODES = LOCAL / "codes"
"""Where labour writes the codes that a carrier would bring to workers' phones: one file for each link."""
FILES = {"procurement": LOCAL / "files", "labour": LOCAL / "labour-files"}
AUTHORITY = LOCAL / "authority"
LOGS = LOCAL / "logs"
NATS = LOCAL / "nats"
POSTGRES = LOCAL / "postgres"
RUN = LOCAL / "run"
SECRETS = LOCAL / "secrets.json"
STACK = LOCAL / "stack.json"
TELEMETRY = LOCAL / "telemetry"
