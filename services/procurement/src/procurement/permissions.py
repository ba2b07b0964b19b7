"""Which role may do which verb in procurement. Which rows it sees is the repositories' business."""

from __future__ import annotations

from chassis.identity import Kind, Role, grant, permission

BUYERS = (Kind.OWNER, Kind.CONTRACTOR)
SELLERS = (Kind.SUPPLIER,)

ORDERS_CREATE = permission("orders.create", grant(Role.BUYER, kinds=BUYERS))
ORDERS_APPROVE = permission("orders.approve", grant(Role.APPROVER, kinds=BUYERS))
ORDERS_CONFIRM = permission("orders.confirm", grant(Role.SALES, kinds=SELLERS))
ORDERS_READ = permission(
    "orders.read",
    grant(
        Role.BUYER,
        Role.APPROVER,
        Role.PROJECT_MANAGER,
        Role.COST_CONTROLLER,
        Role.SITE_ENGINEER,
        Role.INTEGRATOR,
        Role.VIEWER,
        kinds=BUYERS,
    ),
    grant(Role.SALES, Role.INTEGRATOR, Role.VIEWER, kinds=SELLERS),
)
PROJECT_ORDERS_READ = permission("orders.read-project-totals", services=("project-mgmt",))
