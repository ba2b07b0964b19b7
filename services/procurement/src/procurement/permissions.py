"""Which role may do which verb in procurement. Which rows it sees is the repositories' business."""

from __future__ import annotations

from chassis.identity import Kind, Role, grant, permission

BUYERS = (Kind.OWNER, Kind.CONTRACTOR)
SELLERS = (Kind.SUPPLIER,)
GATES = (Kind.CONTRACTOR,)

ORDERS_CREATE = permission("orders.create", grant(Role.BUYER, kinds=BUYERS))
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
    grant(Role.ADMIN, Role.ACCOUNTANT, kinds=BUYERS),  # a matrix may ask for them
)
ORDER_CHANGES_PROPOSE = permission("order-changes.propose", grant(Role.BUYER, kinds=BUYERS))
ORDER_CHANGES_ANSWER = permission("order-changes.answer", grant(Role.SALES, kinds=SELLERS))
PROJECT_ORDERS_READ = permission("orders.read-project-totals", services=("project-mgmt",))

AGREEMENTS_DRAFT = permission("agreements.draft", grant(Role.BUYER, kinds=BUYERS))
AGREEMENTS_MANAGE = permission("agreements.manage", grant(Role.APPROVER, kinds=BUYERS))
AGREEMENTS_SIGN = permission("agreements.sign", grant(Role.SALES, kinds=SELLERS))
AGREEMENTS_CALL_OFF = permission("agreements.call-off", grant(Role.BUYER, kinds=BUYERS))
AGREEMENTS_READ = permission("agreements.read", *ORDERS_READ.grants)
AGREEMENTS_EXPIRE = permission("agreements.expire", services=("procurement",))

MATERIALS_IMPORT = permission("materials.import", grant(Role.ADMIN, kinds=(Kind.OPERATOR,)))
MATERIALS_READ = permission("materials.read", grant(*Role))

BUYER_CODES_KEEP = permission("buyer-codes.keep", grant(Role.BUYER, Role.INTEGRATOR, kinds=BUYERS))
BUYER_CODES_READ = permission(
    "buyer-codes.read",
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
)

PRICES_PUBLISH = permission("prices.publish", grant(Role.ADMIN, kinds=(Kind.OPERATOR,)))
PRICES_READ = permission("prices.read", grant(*Role), services=("project-mgmt",))
PRICES_FREEZE = permission("prices.freeze", services=("procurement",))

DELIVERIES_DISPATCH = permission("deliveries.dispatch", grant(Role.SALES, kinds=SELLERS))
DELIVERIES_ACCEPT = permission("deliveries.accept", grant(Role.SITE_ENGINEER, kinds=BUYERS))
DELIVERIES_ARRIVE = permission(
    "deliveries.arrive", grant(Role.SITE_ENGINEER, kinds=BUYERS), grant(Role.GATE_DEVICE, kinds=GATES)
)
DELIVERIES_WITNESS = permission(
    "deliveries.witness", grant(Role.SITE_ENGINEER, Role.PROJECT_MANAGER, kinds=(Kind.SUPERVISOR,))
)
DELIVERIES_READ = permission(
    "deliveries.read",
    *ORDERS_READ.grants,
    grant(Role.GATE_DEVICE, kinds=GATES),
    grant(Role.SITE_ENGINEER, Role.PROJECT_MANAGER, Role.INTEGRATOR, Role.VIEWER, kinds=(Kind.SUPERVISOR,)),
)

FILE_ROLES = (
    Role.ADMIN,
    Role.PROJECT_MANAGER,
    Role.COST_CONTROLLER,
    Role.BUYER,
    Role.APPROVER,
    Role.SITE_ENGINEER,
    Role.SALES,
    Role.GATE_DEVICE,
    Role.ACCOUNTANT,
    Role.INTEGRATOR,
)
FILE_KINDS = (*BUYERS, *SELLERS, Kind.SUPERVISOR)
FILES_UPLOAD = permission("files.upload", grant(*FILE_ROLES, kinds=FILE_KINDS))
FILES_READ = permission("files.read", grant(*FILE_ROLES, Role.VIEWER, kinds=FILE_KINDS))

SUPPLIERS_MANAGE = permission("suppliers.manage", grant(Role.BUYER, kinds=BUYERS))
SUPPLIERS_JUDGE = permission("suppliers.judge", grant(Role.APPROVER, kinds=BUYERS))
SUPPLIERS_UNMASK = permission("suppliers.unmask", grant(Role.ACCOUNTANT, kinds=BUYERS))
SUPPLIERS_READ = permission("suppliers.read", ORDERS_READ.grants[0], grant(Role.ACCOUNTANT, kinds=BUYERS))
SUPPLIERS_CLOCK = permission("suppliers.clock", services=("procurement",))
INVITATIONS_REDEEM = permission("invitations.redeem", grant(Role.ADMIN, Role.SALES, kinds=SELLERS))
STANDINGS_READ = permission(
    "standings.read", grant(Role.ADMIN, Role.SALES, Role.INTEGRATOR, Role.VIEWER, kinds=SELLERS)
)
BUYING_READERS = grant(
    Role.ADMIN,
    Role.ACCOUNTANT,
    Role.BUYER,
    Role.APPROVER,
    Role.PROJECT_MANAGER,
    Role.COST_CONTROLLER,
    Role.SITE_ENGINEER,
    Role.INTEGRATOR,
    Role.VIEWER,
    kinds=BUYERS,
)

APPROVALS_READ = permission("approvals.read", BUYING_READERS)
APPROVALS_DELEGATE = permission(
    "approvals.delegate",
    grant(Role.ADMIN, Role.ACCOUNTANT, Role.APPROVER, Role.COST_CONTROLLER, Role.PROJECT_MANAGER, kinds=BUYERS),
)
# Of every kind of document. Which step is whose says approvals.rules.may_decide: a delegate may hold any of these.
APPROVALS_DECIDE = permission(
    "approvals.decide",
    grant(
        Role.ADMIN,
        Role.ACCOUNTANT,
        Role.BUYER,
        Role.APPROVER,
        Role.PROJECT_MANAGER,
        Role.COST_CONTROLLER,
        Role.SITE_ENGINEER,
        kinds=BUYERS,
    ),
)
MATRICES_SET = permission("approvals.set-matrix", grant(Role.ADMIN, kinds=BUYERS))

REQUISITIONS_CREATE = permission("requisitions.create", grant(Role.SITE_ENGINEER, Role.BUYER, kinds=BUYERS))
REQUISITIONS_READ = permission("requisitions.read", BUYING_READERS)

RULEBOOK_READ = permission("rulebook.read", grant(*Role))
RULES_READ = permission("rules.read", BUYING_READERS)
RULES_SET = permission("rules.set", grant(Role.ADMIN, kinds=BUYERS))

SOURCING_RUN = permission("sourcing.run", grant(Role.BUYER, kinds=BUYERS))
SOURCING_ASK = permission("sourcing.ask", grant(Role.SALES, kinds=SELLERS))
SOURCING_READ = permission(
    "sourcing.read",
    grant(
        Role.BUYER,
        Role.APPROVER,
        Role.PROJECT_MANAGER,
        Role.COST_CONTROLLER,
        Role.INTEGRATOR,
        Role.VIEWER,
        kinds=BUYERS,
    ),
    grant(Role.SALES, Role.INTEGRATOR, Role.VIEWER, kinds=SELLERS),
)
QUOTES_SUBMIT = permission("quotes.submit", *SOURCING_ASK.grants)
QUOTES_READ = permission("quotes.read", grant(Role.SALES, Role.INTEGRATOR, Role.VIEWER, kinds=SELLERS))
AUCTIONS_BID = permission("auctions.bid", *SOURCING_ASK.grants)
AUCTIONS_FOLLOW = permission("auctions.follow", services=("procurement",))
OFFERS_READ = permission("offers.read", SOURCING_READ.grants[0])
AWARDS_GIVE = permission("awards.give", *SOURCING_RUN.grants)
AWARDS_READ = permission("awards.read", *OFFERS_READ.grants, grant(Role.ADMIN, Role.ACCOUNTANT, kinds=BUYERS))
OUTCOMES_READ = permission("awards.read-outcome", *QUOTES_READ.grants)
PAYABLES_READ = permission("payables.read", grant(Role.ACCOUNTANT, Role.COST_CONTROLLER, Role.APPROVER, kinds=BUYERS))
PAYABLES_PREPARE = permission("payables.prepare", grant(Role.ACCOUNTANT, kinds=BUYERS))
PAYABLES_RELEASE = permission("payables.release", grant(Role.COST_CONTROLLER, kinds=BUYERS))
PAYABLES_CLOCK = permission("payables.clock", services=("procurement",))
RECEIVABLES_READ = permission("receivables.read", grant(Role.SALES, Role.ACCOUNTANT, kinds=SELLERS))
TERMS_SET = permission("payment-terms.set", grant(Role.APPROVER, kinds=BUYERS))

PAYMENTS_READ = permission(
    "payments.read", *PAYABLES_READ.grants, grant(Role.ADMIN, Role.PROJECT_MANAGER, kinds=BUYERS)
)
PAYMENTS_PREPARE = permission("payments.prepare", grant(Role.ACCOUNTANT, kinds=BUYERS))
RECEIPTS_READ = permission("receipts.read", *RECEIVABLES_READ.grants)

GUARANTEES_RECORD = permission("guarantees.record", grant(Role.ACCOUNTANT, Role.COST_CONTROLLER, kinds=BUYERS))
GUARANTEES_CLAIM = permission("guarantees.claim", grant(Role.APPROVER, kinds=BUYERS))
GUARANTEES_READ = permission("guarantees.read", *PAYABLES_READ.grants, *RECEIVABLES_READ.grants)
GUARANTEES_CLOCK = permission("guarantees.clock", services=("procurement",))

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

WORKLIST_READ = permission("worklist.read", grant(*Role, kinds=(*BUYERS, *SELLERS)))

SEARCH = permission("search", *MATERIALS_READ.grants)
SAVED_FILTERS = permission("saved-filters.keep", grant(*Role))
