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

RECORDS_KEEP = permission("records.keep", grant(Role.LABOUR_CLERK, kinds=EMPLOYERS))
RECORDS_READ = permission(
    "records.read",
    grant(Role.LABOUR_CLERK, Role.PERSONAL_DATA_OFFICER, Role.PROJECT_MANAGER, kinds=EMPLOYERS),
    grant(Role.PERSONAL_DATA_OFFICER, Role.VIEWER, Role.INTEGRATOR, kinds=(Kind.AUTHORITY,)),
)
BLACKLIST_KEEP = permission("blacklist.keep", grant(Role.PERSONAL_DATA_OFFICER, kinds=(Kind.AUTHORITY,)))
"""Who is on the blacklist is the authority's decision."""
BLACKLIST_READ = permission("blacklist.read", grant(*Role))
PRIVACY_KEEP = permission("privacy.keep", grant(Role.PERSONAL_DATA_OFFICER, kinds=EMPLOYERS))

ASSIGNMENTS_CREATE = permission("assignments.create", grant(Role.LABOUR_CLERK, kinds=EMPLOYERS))
ASSIGNMENTS_MOVE = permission(
    "assignments.move",
    grant(Role.LABOUR_CLERK, kinds=EMPLOYERS),
    grant(Role.SITE_ENGINEER, kinds=(Kind.CONTRACTOR,)),
)
ASSIGNMENTS_EXPEL = permission(
    "assignments.expel", grant(Role.SITE_ENGINEER, Role.LABOUR_CLERK, kinds=(Kind.CONTRACTOR,))
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
ASSIGNMENTS_CLOCK = permission("assignments.clock", services=("labour",))
PROJECT_ENDS = permission("assignments.close-project", services=("labour",))
OPERATORS_VERIFY = permission("operators.verify", services=("equipment-leasing",))

HEALTH_RECORD = permission("health.record", grant(Role.LABOUR_CLERK, kinds=EMPLOYERS))
HEALTH_READ = permission("health.read", grant(Role.LABOUR_CLERK, Role.PERSONAL_DATA_OFFICER, kinds=EMPLOYERS))
CERTIFICATES_CLOCK = permission("certificates.clock", services=("labour",))

SUBCONTRACTS_MANAGE = permission(
    "subcontracts.manage", grant(Role.LABOUR_CLERK, Role.PROJECT_MANAGER, kinds=(Kind.CONTRACTOR,))
)
SUBCONTRACTS_READ = permission("subcontracts.read", grant(*SITE_READERS, kinds=(*EMPLOYERS, *OVERSEERS)))
WAGE_OFFICERS_MANAGE = permission(
    "wage-officers.manage", grant(Role.LABOUR_CLERK, Role.PROJECT_MANAGER, kinds=(Kind.CONTRACTOR,))
)
WAGE_OFFICERS_READ = permission("wage-officers.read", grant(*SITE_READERS, kinds=(*EMPLOYERS, *OVERSEERS)))
WAGE_OFFICERS_CLOCK = permission("wage-officers.clock", services=("labour",))

TEAMS_MANAGE = permission("teams.manage", grant(Role.LABOUR_CLERK, kinds=EMPLOYERS))
TEAMS_REVIEW = permission(
    "teams.review",
    grant(Role.LABOUR_CLERK, kinds=EMPLOYERS),
    grant(Role.SITE_ENGINEER, Role.PROJECT_MANAGER, kinds=(Kind.CONTRACTOR,)),
)
TEAMS_READ = permission("teams.read", grant(*SITE_READERS, kinds=(*EMPLOYERS, *OVERSEERS)))

DEVICES_MANAGE = permission("devices.manage", grant(Role.SITE_ENGINEER, Role.LABOUR_CLERK, kinds=(Kind.CONTRACTOR,)))
REPAIRS_PROPOSE = permission("repairs.propose", grant(Role.LABOUR_CLERK, Role.SITE_ENGINEER, kinds=EMPLOYERS))
REPAIRS_APPROVE = permission(
    "repairs.approve",
    grant(Role.LABOUR_CLERK, Role.SITE_ENGINEER, Role.PROJECT_MANAGER, kinds=(Kind.CONTRACTOR,)),
)
SWIPES_SEND = permission("swipes.send", grant(Role.GATE_DEVICE, kinds=(Kind.CONTRACTOR,)))
ATTENDANCE_READ = permission("attendance.read", grant(*SITE_READERS, kinds=(*EMPLOYERS, *OVERSEERS)))
DEVICES_READ = permission("devices.read", grant(*SITE_READERS, Role.GATE_DEVICE, kinds=(*EMPLOYERS, *OVERSEERS)))
PRESENCE_READ = permission(
    "presence.read", grant(*SITE_READERS, kinds=(*EMPLOYERS, *OVERSEERS)), services=("project-mgmt",)
)

FILES_UPLOAD = permission(
    "files.upload",
    grant(Role.LABOUR_CLERK, Role.SITE_ENGINEER, Role.PERSONAL_DATA_OFFICER, kinds=EMPLOYERS),
    grant(Role.LABOUR_CLERK, kinds=(Kind.OWNER, Kind.SUPPLIER)),  # what a listed firm has repaid, and its pledge
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
    grant(Role.LABOUR_CLERK, kinds=(Kind.SUPPLIER,)),
)

PROVIDERS = (*EMPLOYERS, Kind.SUPPLIER)
"""Who teaches: employers, and the enterprises and schools that run training bases (实训基地)."""

COURSES_OFFER = permission("courses.offer", grant(Role.LABOUR_CLERK, kinds=PROVIDERS))
COURSES_READ = permission("courses.read", grant(*SITE_READERS, kinds=(*PROVIDERS, *OVERSEERS)))
SESSIONS_RUN = permission(
    "sessions.run",
    grant(Role.LABOUR_CLERK, kinds=PROVIDERS),
    grant(Role.SITE_ENGINEER, kinds=(Kind.CONTRACTOR,)),
)
SESSIONS_ENROL = permission("sessions.enrol", grant(Role.LABOUR_CLERK, kinds=EMPLOYERS))
SESSIONS_READ = permission("sessions.read", grant(*SITE_READERS, kinds=(*PROVIDERS, *OVERSEERS)))
ATTENDEES_READ = permission(
    "attendees.read",
    grant(Role.LABOUR_CLERK, Role.SITE_ENGINEER, Role.PERSONAL_DATA_OFFICER, Role.PROJECT_MANAGER, kinds=PROVIDERS),
)
BASES_REGISTER = permission("training-bases.register", grant(Role.ADMIN, kinds=(Kind.AUTHORITY, Kind.OPERATOR)))
BASES_READ = permission("training-bases.read", grant(*Role))
CERTIFICATES_ISSUE = permission("skill-certificates.issue", grant(Role.LABOUR_CLERK, kinds=PROVIDERS))
SKILL_CERTIFICATES_READ = permission(
    "skill-certificates.read",
    grant(
        Role.LABOUR_CLERK,
        Role.PERSONAL_DATA_OFFICER,
        Role.PROJECT_MANAGER,
        Role.INTEGRATOR,
        Role.VIEWER,
        kinds=PROVIDERS,
    ),
)
CERTIFICATES_VERIFY = permission("skill-certificates.verify", grant(*Role))
TRAINING_READ = permission(
    "training.read",
    grant(
        Role.LABOUR_CLERK,
        Role.PERSONAL_DATA_OFFICER,
        Role.PROJECT_MANAGER,
        Role.INTEGRATOR,
        Role.VIEWER,
        kinds=EMPLOYERS,
    ),
)
TRAINING_STATE_READ = permission("training-state.read", grant(*SITE_READERS, kinds=(*EMPLOYERS, *OVERSEERS)))

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
AUTHORITIES_MANAGE = permission("authorities.manage", grant(Role.ADMIN, kinds=EMPLOYERS))
"""Secrets of an organisation at an authority: like those of its API clients, its administrator's."""
AUTHORITIES_READ = permission("authorities.read", grant(Role.ADMIN, Role.LABOUR_CLERK, kinds=EMPLOYERS))
FILINGS_READ = permission("filings.read", grant(Role.ADMIN, *SITE_READERS, kinds=EMPLOYERS))
FILINGS_REPEAT = permission("filings.repeat", grant(Role.LABOUR_CLERK, kinds=EMPLOYERS))
WARNINGS_READ = permission("warnings.read", grant(*SITE_READERS, kinds=(*EMPLOYERS, *OVERSEERS)))
WARNINGS_RECOMPUTE = permission("warnings.recompute", grant(Role.ADMIN, kinds=(Kind.OPERATOR,)))

EMPLOYER_LISTINGS_KEEP = permission("employer-listings.keep", grant(Role.APPROVER, kinds=(Kind.AUTHORITY,)))
"""Which employer is on the list for wage arrears is the authority's decision."""
EMPLOYER_LISTINGS_READ = permission("employer-listings.read", grant(*Role))
EMPLOYER_LISTINGS_CLOCK = permission("employer-listings.clock", services=("labour",))
LISTED_KINDS = (*EMPLOYERS, Kind.OWNER, Kind.SUPPLIER)
"""Whom an authority may list: every firm that builds or sells has workers."""
REPAYMENTS_TELL = permission("employer-repayments.tell", grant(Role.LABOUR_CLERK, kinds=LISTED_KINDS))
REPAYMENTS_READ = permission(
    "employer-repayments.read",
    grant(Role.LABOUR_CLERK, Role.PROJECT_MANAGER, Role.VIEWER, kinds=LISTED_KINDS),
    grant(Role.APPROVER, Role.VIEWER, kinds=(Kind.AUTHORITY,)),
)
STANDINGS_READ = permission("standings.read", services=("procurement",))
LABOUR_DAYS_READ = permission("labour-days.read", services=("project-mgmt",))
