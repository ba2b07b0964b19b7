"""Where the local stack keeps what it makes: everything below `.local/` of the checkout."""

from __future__ import annotations

from infra.contracts.paths import ROOT

LOCAL = ROOT / ".local"
KEYCLOAK = LOCAL / "keycloak"
