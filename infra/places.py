"""Where the local stack keeps what it makes: everything below `.local/` of the checkout, which git ignores."""

from __future__ import annotations

from infra.contracts.paths import ROOT

LOCAL = ROOT / ".local"
KEYCLOAK = LOCAL / "keycloak"
LOGS = LOCAL / "logs"
NATS = LOCAL / "nats"
POSTGRES = LOCAL / "postgres"
RUN = LOCAL / "run"
SECRETS = LOCAL / "secrets.json"
STACK = LOCAL / "stack.json"
TELEMETRY = LOCAL / "telemetry"
