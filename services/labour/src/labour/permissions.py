"""Which role may do which verb in labour. Which rows it sees is the repositories' business."""

from __future__ import annotations

from chassis.identity import Kind, Role, grant, permission

EMPLOYERS = (Kind.LABOUR_SUBCONTRACTOR, Kind.CONTRACTOR, Kind.LESSOR)
"""Who employs workers on a site; a lessor its machine operators (设备分包)."""

OVERSEERS = (Kind.OWNER, Kind.SUPERVISOR, Kind.AUTHORITY)

CODES_READ = permission("codes.read", grant(*Role))

WORKERS_REGISTER = permission("workers.register", grant(Role.LABOUR_CLERK, kinds=EMPLOYERS))
WORKERS_READ = permission(
    "workers.read",
    grant(
        Role.LABOUR_CLERK,
        Role.PERSONAL_DATA_OFFICER,
        Role.PROJECT_MANAGER,
        Role.INTEGRATOR,
        Role.VIEWER,
        kinds=EMPLOYERS,
    ),
)
WORKERS_UNMASK = permission("workers.unmask", grant(Role.PERSONAL_DATA_OFFICER, kinds=EMPLOYERS))

ASSIGNMENTS_CREATE = permission("assignments.create", grant(Role.LABOUR_CLERK, kinds=EMPLOYERS))
ASSIGNMENTS_MOVE = permission(
    "assignments.move",
    grant(Role.LABOUR_CLERK, kinds=EMPLOYERS),
    grant(Role.SITE_ENGINEER, kinds=(Kind.CONTRACTOR,)),
)
SITE_READERS = (
    Role.LABOUR_CLERK,
    Role.PROJECT_MANAGER,
    Role.SITE_ENGINEER,
    Role.PERSONAL_DATA_OFFICER,
    Role.FLEET_MANAGER,
    Role.INTEGRATOR,
    Role.VIEWER,
)
ASSIGNMENTS_READ = permission("assignments.read", grant(*SITE_READERS, kinds=(*EMPLOYERS, *OVERSEERS)))
OPERATORS_VERIFY = permission("operators.verify", services=("equipment-leasing",))

DEVICES_MANAGE = permission("devices.manage", grant(Role.SITE_ENGINEER, Role.LABOUR_CLERK, kinds=(Kind.CONTRACTOR,)))
SWIPES_SEND = permission("swipes.send", grant(Role.GATE_DEVICE, kinds=(Kind.CONTRACTOR,)))
ATTENDANCE_READ = permission("attendance.read", grant(*SITE_READERS, kinds=(*EMPLOYERS, *OVERSEERS)))
DEVICES_READ = permission("devices.read", grant(*SITE_READERS, Role.GATE_DEVICE, kinds=(*EMPLOYERS, *OVERSEERS)))
PRESENCE_READ = permission(
    "presence.read", grant(*SITE_READERS, kinds=(*EMPLOYERS, *OVERSEERS)), services=("project-mgmt",)
)

FILES_UPLOAD = permission(
    "files.upload", grant(Role.LABOUR_CLERK, Role.SITE_ENGINEER, Role.PERSONAL_DATA_OFFICER, kinds=EMPLOYERS)
)
"""Scans of contracts, signed sheets, health records and photos: whoever keeps such papers."""
FILES_READ = permission(
    "files.read",
    grant(
        Role.LABOUR_CLERK,
        Role.SITE_ENGINEER,
        Role.PERSONAL_DATA_OFFICER,
        Role.PROJECT_MANAGER,
        kinds=(*EMPLOYERS, Kind.OWNER, Kind.SUPERVISOR),
    ),
)

CONTRACTS_WRITE = permission("contracts.write", grant(Role.LABOUR_CLERK, kinds=EMPLOYERS))
CONTRACTS_READ = permission(
    "contracts.read",
    grant(
        Role.LABOUR_CLERK,
        Role.PERSONAL_DATA_OFFICER,
        Role.PROJECT_MANAGER,
        Role.INTEGRATOR,
        Role.VIEWER,
        kinds=(*EMPLOYERS, Kind.AUTHORITY),
    ),
)
LINKS_ISSUE = permission("links.issue", grant(Role.LABOUR_CLERK, kinds=EMPLOYERS))
LINKS_READ = permission("links.read", grant(Role.LABOUR_CLERK, Role.PERSONAL_DATA_OFFICER, kinds=EMPLOYERS))

EVIDENCE_READ = permission("evidence.read", grant(*SITE_READERS, kinds=(*EMPLOYERS, *OVERSEERS)))
EVIDENCE_RECOMPUTE = permission("evidence.recompute", grant(Role.ADMIN, kinds=(Kind.OPERATOR,)))
PAYERS = (Kind.CONTRACTOR,)
"""Who holds the special wage account and pays on behalf (总包代发)."""
WAGE_ACCOUNTS_MANAGE = permission("wage-accounts.manage", grant(Role.ACCOUNTANT, kinds=PAYERS))
WAGE_ACCOUNTS_READ = permission(
    "wage-accounts.read",
    grant(
        Role.ACCOUNTANT,
        Role.APPROVER,
        Role.LABOUR_CLERK,
        Role.PROJECT_MANAGER,
        Role.INTEGRATOR,
        Role.VIEWER,
        kinds=(*PAYERS, *OVERSEERS),
    ),
)
PAYROLLS_DRAFT = permission("payrolls.draft", grant(Role.LABOUR_CLERK, kinds=EMPLOYERS))
PAYROLLS_CHECK = permission("payrolls.check", grant(Role.LABOUR_CLERK, Role.PROJECT_MANAGER, kinds=PAYERS))
PAYROLLS_APPROVE = permission("payrolls.approve", grant(Role.APPROVER, kinds=PAYERS))
PAYROLLS_READ = permission(
    "payrolls.read",
    grant(
        Role.ACCOUNTANT,
        Role.APPROVER,
        Role.LABOUR_CLERK,
        Role.PERSONAL_DATA_OFFICER,
        Role.PROJECT_MANAGER,
        Role.INTEGRATOR,
        Role.VIEWER,
        kinds=(*EMPLOYERS, Kind.AUTHORITY),
    ),
)
PIECES_RECORD = permission("pieces.record", grant(Role.LABOUR_CLERK, Role.SITE_ENGINEER, kinds=EMPLOYERS))
PIECES_READ = permission(
    "pieces.read", grant(Role.LABOUR_CLERK, Role.SITE_ENGINEER, Role.PROJECT_MANAGER, kinds=EMPLOYERS)
)
PAYOUTS_PREPARE = permission("payouts.prepare", grant(Role.ACCOUNTANT, kinds=PAYERS))
PAYOUTS_APPROVE = permission("payouts.approve", grant(Role.APPROVER, kinds=PAYERS))
PAYOUTS_READ = permission(
    "payouts.read",
    grant(
        Role.ACCOUNTANT, Role.APPROVER, Role.PROJECT_MANAGER, Role.INTEGRATOR, Role.VIEWER,
        kinds=(*PAYERS, Kind.AUTHORITY),
    ),
)  # fmt: skip
PAYEES_PROPOSE = permission("payees.propose", grant(Role.LABOUR_CLERK, kinds=EMPLOYERS))
PAYEES_CONFIRM = permission("payees.confirm", grant(Role.APPROVER, kinds=PAYERS))
PAYEES_READ = permission(
    "payees.read", grant(Role.LABOUR_CLERK, Role.PERSONAL_DATA_OFFICER, Role.ACCOUNTANT, Role.APPROVER, kinds=EMPLOYERS)
)
WARNINGS_READ = permission("warnings.read", grant(*SITE_READERS, kinds=(*EMPLOYERS, *OVERSEERS)))
