"""Which role may do which verb in access, and which roles an organisation's administrator may give.

Which rows a caller sees is the repositories' business.
"""

from __future__ import annotations

from collections.abc import Iterable

from chassis.identity import Kind, Role, grant, permission

OPERATOR = (Kind.OPERATOR,)

ORGANISATIONS_ADMIT = permission("organisations.admit", grant(Role.ADMIN, kinds=OPERATOR))
ORGANISATIONS_READ = permission("organisations.read", grant(*Role))
DIRECTORY_READ = permission("organisations.read-directory", grant(*Role))
AFFILIATIONS_READ = permission("affiliations.read", grant(Role.ADMIN))
AFFILIATIONS_MANAGE = permission("affiliations.manage", grant(Role.ADMIN))
MEMBERS_READ = permission("members.read", grant(Role.ADMIN))
MEMBERS_MANAGE = permission("members.manage", grant(Role.ADMIN))
CLIENTS_READ = permission("clients.read", grant(Role.ADMIN))
CLIENTS_MANAGE = permission("clients.manage", grant(Role.ADMIN))
PROVISION = permission("access.provision", services=("gateway",))
ORGANISATIONS_TELL = permission("organisations.tell", services=("gateway",))

PRIVILEGED_KINDS = frozenset({Kind.AUTHORITY, Kind.OPERATOR})
"""Kinds that nobody can ask for; only the operator's admission gives them."""

_EVERYBODY = frozenset({Role.ADMIN, Role.INTEGRATOR, Role.VIEWER})

ROLES_OF_KIND: dict[Kind, frozenset[Role]] = {
    Kind.OWNER: _EVERYBODY
    | {
        Role.PROJECT_MANAGER,
        Role.COST_CONTROLLER,
        Role.BUYER,
        Role.APPROVER,
        Role.ACCOUNTANT,
        Role.SITE_ENGINEER,
        Role.LABOUR_CLERK,  # it may be listed for wage arrears, and tells what it has paid back
    },
    Kind.CONTRACTOR: _EVERYBODY
    | {
        Role.PROJECT_MANAGER,
        Role.COST_CONTROLLER,
        Role.BUYER,
        Role.APPROVER,
        Role.ACCOUNTANT,
        Role.SITE_ENGINEER,
        Role.LABOUR_CLERK,
        Role.PERSONAL_DATA_OFFICER,
        Role.GATE_DEVICE,
        Role.FLEET_MANAGER,
    },
    Kind.SUPERVISOR: _EVERYBODY | {Role.PROJECT_MANAGER, Role.SITE_ENGINEER},
    Kind.LABOUR_SUBCONTRACTOR: _EVERYBODY
    | {
        Role.LABOUR_CLERK,
        Role.PERSONAL_DATA_OFFICER,
        Role.GATE_DEVICE,
        Role.SITE_ENGINEER,
        Role.PROJECT_MANAGER,
        Role.BUYER,
    },
    Kind.SUPPLIER: _EVERYBODY | {Role.SALES, Role.ACCOUNTANT, Role.LABOUR_CLERK},  # some run training bases (实训基地)
    Kind.LESSOR: _EVERYBODY  # it employs the operators of its machines
    | {Role.SALES, Role.FLEET_MANAGER, Role.TELEMATICS, Role.LABOUR_CLERK, Role.PERSONAL_DATA_OFFICER},
    Kind.AUTHORITY: _EVERYBODY
    | {Role.PERSONAL_DATA_OFFICER, Role.APPROVER},  # it decides on lists of persons and employers
    Kind.OPERATOR: _EVERYBODY,
}
"""Roles that a member of an organisation of this kind may have."""

PEOPLE_ONLY = frozenset({Role.ADMIN, Role.APPROVER, Role.PERSONAL_DATA_OFFICER})
"""Roles that answer for something in person: no API client gets them."""


def roles_for_members(kinds: Iterable[str]) -> frozenset[Role]:
    """What the administrator of an organisation of these kinds may give to people."""
    return frozenset(role for kind in kinds for role in ROLES_OF_KIND[Kind(kind)])


def roles_for_clients(kinds: Iterable[str]) -> frozenset[Role]:
    """What the administrator of an organisation of these kinds may give to API clients."""
    return roles_for_members(kinds) - PEOPLE_ONLY
