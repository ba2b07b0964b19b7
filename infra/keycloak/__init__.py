"""Keycloak for one machine: the official distribution on the wheel's Java, and the job that sets the realm up."""

from infra.keycloak.admin import AdminAccess
from infra.keycloak.configure import Wanted, configure
from infra.keycloak.distribution import ensure_distribution
from infra.keycloak.organisations import Member, Organisation, ensure_group, ensure_member, ensure_organisation, join
from infra.keycloak.server import Keycloak

__all__ = [
    "AdminAccess",
    "Keycloak",
    "Member",
    "Organisation",
    "Wanted",
    "configure",
    "ensure_distribution",
    "ensure_group",
    "ensure_member",
    "ensure_organisation",
    "join",
]
