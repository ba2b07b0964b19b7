"""Who is calling: organisations, their kinds and roles, and the principal that every use case gets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from chassis.errors import PermissionDenied


class Kind(StrEnum):
    """What an organisation is on the platform."""

    OWNER = "owner"  # 建设单位 (and its IPMT)
    CONTRACTOR = "contractor"  # 总承包单位
    SUPERVISOR = "supervisor"  # 监理单位
    LABOUR_SUBCONTRACTOR = "labour_subcontractor"  # 劳务分包单位
    SUPPLIER = "supplier"  # 供应商
    LESSOR = "lessor"  # 设备租赁单位
    AUTHORITY = "authority"  # 主管部门
    OPERATOR = "operator"  # 平台运营方


class Role(StrEnum):
    """What a member may do for its organisation; a group of the organisation in Keycloak."""

    ADMIN = "admin"
    PROJECT_MANAGER = "project_manager"
    COST_CONTROLLER = "cost_controller"
    BUYER = "buyer"
    APPROVER = "approver"
    ACCOUNTANT = "accountant"  # 会计
    SITE_ENGINEER = "site_engineer"
    SALES = "sales"
    LABOUR_CLERK = "labour_clerk"
    PERSONAL_DATA_OFFICER = "personal_data_officer"
    GATE_DEVICE = "gate_device"
    FLEET_MANAGER = "fleet_manager"
    TELEMATICS = "telematics"
    INTEGRATOR = "integrator"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Principal:
    """On whose behalf a use case runs.

    `subject` is the user's or service account's id in Keycloak; `client_id` the client that obtained the token;
    `organisation_id` the organisation that it acts for, `uscc` its unified social credit code (统一社会信用代码).
    """

    subject: str
    client_id: str
    organisation_id: UUID
    kinds: frozenset[Kind]
    roles: frozenset[Role]
    service: str | None = None
    uscc: str = ""

    @property
    def is_service(self) -> bool:
        """True for another service of the platform (gRPC door) and for our own consumers and jobs."""
        return self.service is not None


NOBODY = UUID(int=0)


def service_principal(name: str) -> Principal:
    """The principal of a service itself: for facts it consumes, jobs it runs, questions it asks."""
    return Principal(
        subject=f"service:{name}",
        client_id=name,
        organisation_id=NOBODY,
        kinds=frozenset(),
        roles=frozenset(),
        service=name,
    )


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may do one verb: any of `roles` in an organisation of any of `kinds` (empty kinds: every kind)."""

    roles: frozenset[Role]
    kinds: frozenset[Kind] = frozenset()

    def allows(self, principal: Principal) -> bool:
        """Whether the principal holds one of the roles in an organisation of one of the kinds."""
        if self.kinds and not self.kinds & principal.kinds:
            return False
        return bool(self.roles & principal.roles)


@dataclass(frozen=True, slots=True)
class Permission:
    """A verb and the grants that open it; `services` may do it over gRPC or from a fact."""

    action: str
    grants: tuple[Grant, ...]
    services: frozenset[str] = frozenset()

    def allows(self, principal: Principal) -> bool:
        """Whether any grant, or the caller being a named service, opens this verb."""
        if principal.service is not None:
            return principal.service in self.services
        return any(grant.allows(principal) for grant in self.grants)


def permission(action: str, *grants: Grant, services: tuple[str, ...] = ()) -> Permission:
    """A line of permissions.py, e.g. `permission("orders.approve", grant(Role.APPROVER, kinds=[Kind.CONTRACTOR]))`."""
    return Permission(action, grants, frozenset(services))


def grant(*roles: Role, kinds: tuple[Kind, ...] = ()) -> Grant:
    """Any of these roles in an organisation of any of these kinds; no kinds means every kind."""
    return Grant(frozenset(roles), frozenset(kinds))


def require(principal: Principal, needed: Permission) -> None:
    """Raise PermissionDenied ROLE_MISSING unless the principal may do the verb."""
    if needed.allows(principal):
        return
    roles = sorted({role.value for one in needed.grants for role in one.roles})
    raise PermissionDenied(
        "ROLE_MISSING",
        zh=f"当前身份无权执行 {needed.action},需要角色之一:{'、'.join(roles)}。",
        en=f"This identity may not do {needed.action}; one of these roles is needed: {', '.join(roles)}.",
        metadata={"action": needed.action, "roles": ",".join(roles)},
    )
