"""Which role may do which verb in equipment leasing. Which rows it sees is the repositories' business."""

from __future__ import annotations

from chassis.identity import Kind, Role, grant, permission

LESSORS = (Kind.LESSOR,)
LESSEES = (Kind.CONTRACTOR, Kind.LABOUR_SUBCONTRACTOR)
ON_SITE = (Kind.OWNER, Kind.CONTRACTOR, Kind.SUPERVISOR, Kind.LABOUR_SUBCONTRACTOR)

_LESSOR_READERS = grant(
    Role.ADMIN, Role.FLEET_MANAGER, Role.SALES, Role.TELEMATICS, Role.INTEGRATOR, Role.VIEWER, kinds=LESSORS
)
_SITE_READERS = grant(
    Role.ADMIN,
    Role.PROJECT_MANAGER,
    Role.COST_CONTROLLER,
    Role.BUYER,
    Role.APPROVER,
    Role.SITE_ENGINEER,
    Role.INTEGRATOR,
    Role.VIEWER,
    kinds=ON_SITE,
)
_AUTHORITY_READERS = grant(Role.ADMIN, Role.VIEWER, Role.INTEGRATOR, kinds=(Kind.AUTHORITY,))

MACHINES_FILE = permission("machines.file", grant(Role.FLEET_MANAGER, Role.INTEGRATOR, kinds=LESSORS))
MACHINES_READ = permission("machines.read", _LESSOR_READERS, _SITE_READERS, _AUTHORITY_READERS)
MACHINES_ON_SITE = permission("machines.read-on-site", services=("project-mgmt",))

LISTINGS_OFFER = permission("listings.offer", grant(Role.FLEET_MANAGER, Role.SALES, kinds=LESSORS))
LISTINGS_READ = permission("listings.read", grant(*Role))

BOOKINGS_HOLD = permission("bookings.hold", grant(Role.BUYER, Role.PROJECT_MANAGER, kinds=LESSEES))
BOOKINGS_CONFIRM = permission("bookings.confirm", grant(Role.FLEET_MANAGER, Role.SALES, kinds=LESSORS))
BOOKINGS_CANCEL = permission(
    "bookings.cancel",
    grant(Role.FLEET_MANAGER, Role.SALES, kinds=LESSORS),
    grant(Role.BUYER, Role.PROJECT_MANAGER, kinds=LESSEES),
)
BOOKINGS_HAND_OVER = permission("bookings.hand-over", grant(Role.FLEET_MANAGER, kinds=LESSORS))
BOOKINGS_READ = permission("bookings.read", _LESSOR_READERS, _SITE_READERS, _AUTHORITY_READERS)
BOOKINGS_LAPSE = permission("bookings.lapse", services=("equipment-leasing",))

FEEDS_MANAGE = permission("telematics.manage", grant(Role.FLEET_MANAGER, kinds=LESSORS))
FEEDS_READ = permission("telematics.read", _LESSOR_READERS)
PAGES_TAKE = permission(
    "telematics.take-page", grant(Role.TELEMATICS, Role.INTEGRATOR, Role.FLEET_MANAGER, kinds=LESSORS)
)
HOURS_READ = permission("hours.read", _LESSOR_READERS, _SITE_READERS, _AUTHORITY_READERS)
