"""Which role may do which verb. Which rows it may see or change is the repositories' business."""

from __future__ import annotations

from chassis.identity import Kind, Role, grant, permission

BUILDERS = (Kind.OWNER, Kind.CONTRACTOR)
PEOPLE = (
    Role.ADMIN,
    Role.PROJECT_MANAGER,
    Role.COST_CONTROLLER,
    Role.BUYER,
    Role.APPROVER,
    Role.ACCOUNTANT,
    Role.SITE_ENGINEER,
    Role.SALES,
    Role.LABOUR_CLERK,
    Role.FLEET_MANAGER,
    Role.INTEGRATOR,
    Role.VIEWER,
)
MONEY = (
    Role.ADMIN,
    Role.PROJECT_MANAGER,
    Role.COST_CONTROLLER,
    Role.BUYER,
    Role.APPROVER,
    Role.ACCOUNTANT,
    Role.INTEGRATOR,
    Role.VIEWER,
)

PROJECTS_READ = permission(
    "projects.read", grant(*PEOPLE), services=("procurement", "labour", "equipment-leasing", "project-mgmt")
)
PROJECTS_REGISTER = permission("projects.register", grant(Role.PROJECT_MANAGER, kinds=BUILDERS))
PROJECTS_CHANGE = permission("projects.change", grant(Role.PROJECT_MANAGER, kinds=BUILDERS))

WBS_READ = permission("wbs.read", grant(*PEOPLE), services=("procurement",))
WBS_IMPORT = permission("wbs.import", grant(Role.PROJECT_MANAGER, kinds=BUILDERS))

BUDGETS_READ = permission("budgets.read", grant(*MONEY))
BUDGETS_SET = permission("budgets.set", grant(Role.COST_CONTROLLER, Role.PROJECT_MANAGER, kinds=BUILDERS))
BUDGETS_ESTIMATE = permission(
    "budgets.estimate", grant(Role.COST_CONTROLLER, Role.PROJECT_MANAGER, Role.BUYER, kinds=BUILDERS)
)
BUDGETS_COMMIT = permission("budgets.commit", services=("procurement",))
BUDGETS_APPLY = permission("budgets.apply", services=("project-mgmt",))

COSTS_READ = permission("costs.read", grant(*MONEY))

INDICATORS_READ = permission("indicators.read", grant(*MONEY, Role.SITE_ENGINEER))
INDICATORS_APPLY = permission("indicators.apply", services=("project-mgmt",))

OVERVIEW_READ = permission("overview.read", grant(*MONEY, Role.SITE_ENGINEER))
