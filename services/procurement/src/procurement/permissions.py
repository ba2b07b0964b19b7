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

MATERIALS_IMPORT = permission("materials.import", grant(Role.ADMIN, kinds=(Kind.OPERATOR,)))
MATERIALS_READ = permission("materials.read", grant(*Role))

DELIVERIES_DISPATCH = permission("deliveries.dispatch", grant(Role.SALES, kinds=SELLERS))
DELIVERIES_ACCEPT = permission("deliveries.accept", grant(Role.SITE_ENGINEER, kinds=BUYERS))
DELIVERIES_READ = permission("deliveries.read", *ORDERS_READ.grants)

STATEMENTS_OF_BUYER = permission(
    "statements.settle-as-buyer", grant(Role.BUYER, Role.ACCOUNTANT, Role.COST_CONTROLLER, kinds=BUYERS)
)
STATEMENTS_OF_SUPPLIER = permission("statements.settle-as-supplier", grant(Role.SALES, Role.ACCOUNTANT, kinds=SELLERS))
STATEMENTS_SETTLE = permission("statements.settle", *STATEMENTS_OF_BUYER.grants, *STATEMENTS_OF_SUPPLIER.grants)
STATEMENTS_READ = permission(
    "statements.read",
    grant(
        Role.BUYER,
        Role.APPROVER,
        Role.PROJECT_MANAGER,
        Role.COST_CONTROLLER,
        Role.ACCOUNTANT,
        Role.INTEGRATOR,
        Role.VIEWER,
        kinds=BUYERS,
    ),
    grant(Role.SALES, Role.ACCOUNTANT, Role.INTEGRATOR, Role.VIEWER, kinds=SELLERS),
)

INVOICES_ENTER = permission("invoices.enter", *STATEMENTS_OF_SUPPLIER.grants)
INVOICES_MATCH = permission("invoices.match", *STATEMENTS_OF_BUYER.grants)
INVOICES_APPROVE = permission("invoices.approve", grant(Role.ACCOUNTANT, Role.COST_CONTROLLER, kinds=BUYERS))
INVOICES_READ = permission("invoices.read", *STATEMENTS_READ.grants)
