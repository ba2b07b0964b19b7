"""What is refused because of wages that a supplier owes."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import FailedPrecondition
from procurement.clients.labour import WageListing


def wage_listed(supplier_id: UUID, listing: WageListing) -> FailedPrecondition:
    """The supplier is on the list for wage arrears (拖欠农民工工资失信联合惩戒名单)."""
    return FailedPrecondition(
        "SUPPLIER_WAGE_LISTED",
        zh=f"该单位被列入拖欠农民工工资失信联合惩戒名单,至 {listing.until} 为止。",
        en=f"The organisation is on the list for wage arrears up to and including {listing.until}.",
        metadata={
            "supplier_id": str(supplier_id),
            "since": listing.since.isoformat(),
            "until": listing.until.isoformat(),
            "documents": ",".join(listing.documents),
        },
    )


def not_joined(supplier_file_id: UUID) -> FailedPrecondition:
    """The firm has not taken its invitation, so nobody knows which organisation it is."""
    return FailedPrecondition(
        "SUPPLIER_NOT_JOINED",
        zh="该供应商尚未接受邀请,无法查询。",
        en="The firm has not taken its invitation yet, so there is nothing to ask.",
        metadata={"supplier_file_id": str(supplier_file_id)},
    )
