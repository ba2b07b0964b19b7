"""REST door of suppliers: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.once import write_once
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.clients import VaultDep
from procurement.suppliers import service
from procurement.suppliers.commands import join, licences
from procurement.suppliers.commands.join import InviteSupplier
from procurement.suppliers.repository import FileFilter
from procurement.suppliers.schemas import (
    AccountIn,
    AccountOut,
    BarIn,
    FileContentIn,
    InvitedSupplierOut,
    InviteSupplierIn,
    LicenceIn,
    LicenceOut,
    MaterialCode,
    PolicyIn,
    PolicyOut,
    RedeemIn,
    SearchText,
    StandingOut,
    SupplierOut,
    SupplierReasonIn,
)
from procurement.suppliers.service import Bar, ReviseFile, SetAccount, SetPolicy, Verb
from procurement.suppliers.states import State
from procurement.values import Day

router = APIRouter(prefix="/suppliers", tags=["suppliers"])
invitations = APIRouter(prefix="/supplier-invitations", tags=["suppliers"])
standings = APIRouter(prefix="/supplier-standings", tags=["suppliers"])
policies = APIRouter(prefix="/supplier-policies", tags=["suppliers"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)
CHANGE_ERRORS = problems(NotFound, Aborted)


class SupplierFilters(Filters):
    """Which files to list."""

    state: State | None = None
    supplier_id: UUID | None = None
    material: MaterialCode | None = None
    text: SearchText | None = None
    expiring_before: Day | None = None
    shared_account: bool | None = None
    same_account_as: UUID | None = None


class StandingFilters(Filters):
    """Which standings to list."""

    buyer_id: UUID | None = None


@router.post(
    "",
    operation_id="inviteSupplier",
    status_code=201,
    response_model=InvitedSupplierOut,
    responses=problems(AlreadyExists),
)
async def invite(body: InviteSupplierIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Open a file about a firm and invite it; the link is in this answer only, works once and for 14 days."""
    command = InviteSupplier(body.uscc, body.content())
    return await write_once(
        edge,
        lambda work: join.invite(work, command, vault),
        InvitedSupplierOut.made,
        field="link_path",
        status=201,
    )


@router.get("", operation_id="listSuppliers", response_model=PageOut[SupplierOut], responses=problems())
async def list_suppliers(
    filters: Annotated[SupplierFilters, Query()], page: PageDep, edge: EdgeDep, vault: VaultDep
) -> Response:
    """The buyer's supplier files, newest first."""
    wanted = FileFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page, vault), SupplierOut.of)


@router.get("/{supplier_file_id}", operation_id="getSupplier", response_model=SupplierOut, responses=problems(NotFound))
async def get(supplier_file_id: UUID, edge: EdgeDep, vault: VaultDep) -> Response:
    """One of the buyer's supplier files."""
    return await edge.read(lambda work: service.get(work, supplier_file_id, vault), SupplierOut.of)


@router.put("/{supplier_file_id}", operation_id="reviseSupplier", response_model=SupplierOut, responses=CHANGE_ERRORS)
async def revise(supplier_file_id: UUID, body: FileContentIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Replace what the buyer writes about a supplier; If-Match is required."""
    command = ReviseFile(supplier_file_id, edge.required_version, body.content())
    return await edge.change(lambda work: service.revise(work, command, vault), SupplierOut.of)


@router.put(
    "/{supplier_file_id}/bank-account",
    operation_id="setSupplierAccount",
    response_model=SupplierOut,
    responses=CHANGE_ERRORS,
)
async def set_account(supplier_file_id: UUID, body: AccountIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Put the supplier's bank account on record; If-Match is required. It is shown masked from now on."""
    command = SetAccount(supplier_file_id, edge.required_version, body.holder, body.bank, body.number)
    return await edge.change(lambda work: service.set_account(work, command, vault), SupplierOut.of)


@router.post(
    "/{supplier_file_id}:unmask",
    operation_id="unmaskSupplierAccount",
    response_model=AccountOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def unmask(supplier_file_id: UUID, body: SupplierReasonIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """The bank account in clear, for a stated reason; the asking is audited.

    An Idempotency-Key is demanded as everywhere, but the answer is not kept under it: it would rest in clear.
    Asking again is another look, with another audit row.
    """
    edge.demand_key()
    return await edge.change(
        lambda work: service.unmask(work, supplier_file_id, body.reason, vault), AccountOut.model_validate
    )


@router.post(
    "/{supplier_file_id}:invite",
    operation_id="inviteSupplierAgain",
    response_model=InvitedSupplierOut,
    responses=VERB_ERRORS,
)
async def invite_again(supplier_file_id: UUID, edge: EdgeDep, vault: VaultDep) -> Response:
    """A new link for a firm that has not joined yet; the one before works no more."""
    command = Verb(supplier_file_id, edge.expected_version)
    return await write_once(
        edge, lambda work: join.invite_again(work, command, vault), InvitedSupplierOut.made, field="link_path"
    )


@router.post(
    "/{supplier_file_id}:suspend", operation_id="suspendSupplier", response_model=SupplierOut, responses=VERB_ERRORS
)
async def suspend(supplier_file_id: UUID, body: BarIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Give a supplier no orders up to and including a day; it ends by itself."""
    command = Bar(supplier_file_id, edge.expected_version, body.reason, body.until)
    return await edge.write(lambda work: service.suspend(work, command, vault), SupplierOut.of)


@router.post(
    "/{supplier_file_id}:blacklist",
    operation_id="blacklistSupplier",
    response_model=SupplierOut,
    responses=VERB_ERRORS,
)
async def blacklist(supplier_file_id: UUID, body: BarIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Put a supplier on the blacklist up to and including a day; it ends by itself."""
    command = Bar(supplier_file_id, edge.expected_version, body.reason, body.until)
    return await edge.write(lambda work: service.blacklist(work, command, vault), SupplierOut.of)


@router.post("/{supplier_file_id}:lift", operation_id="liftSupplier", response_model=SupplierOut, responses=VERB_ERRORS)
async def lift(supplier_file_id: UUID, body: SupplierReasonIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """End a suspension or blacklisting before its day."""
    command = Verb(supplier_file_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.lift(work, command, vault), SupplierOut.of)


@router.post(
    "/{supplier_file_id}/licences",
    operation_id="recordSupplierLicence",
    response_model=LicenceOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def record_licence(supplier_file_id: UUID, body: LicenceIn, edge: EdgeDep) -> Response:
    """Put a licence or certificate on record, or bring the one of this kind and number up to date."""
    return await edge.write(
        lambda work: licences.record_licence(work, supplier_file_id, body.record()), LicenceOut.model_validate
    )


@router.get(
    "/{supplier_file_id}/licences",
    operation_id="listSupplierLicences",
    response_model=PageOut[LicenceOut],
    responses=problems(NotFound),
)
async def list_licences(supplier_file_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """The licences of a supplier, newest first."""
    return await edge.page(
        lambda work: licences.page_of_licences(work, supplier_file_id, page), LicenceOut.model_validate
    )


@invitations.post(
    ":redeem",
    operation_id="redeemInvitation",
    response_model=StandingOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def redeem(body: RedeemIn, edge: EdgeDep) -> Response:
    """The invited supplier joins: from now on the buyer's file is about the caller's organisation. Works once."""
    return await edge.write(lambda work: join.redeem(work, body.token), StandingOut.model_validate)


@standings.get("", operation_id="listStandings", response_model=PageOut[StandingOut], responses=problems())
async def list_standings(filters: Annotated[StandingFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Where the calling supplier stands with its buyers, newest first."""
    return await edge.page(
        lambda work: service.page_of_standings(work, filters.buyer_id, page), StandingOut.model_validate
    )


@standings.get(
    "/{supplier_file_id}", operation_id="getStanding", response_model=StandingOut, responses=problems(NotFound)
)
async def get_standing(supplier_file_id: UUID, edge: EdgeDep) -> Response:
    """Where the calling supplier stands with one buyer."""
    return await edge.read(lambda work: service.standing(work, supplier_file_id), StandingOut.model_validate)


@standings.get(
    "/{supplier_file_id}/licences",
    operation_id="listOwnLicences",
    response_model=PageOut[LicenceOut],
    responses=problems(NotFound),
)
async def list_own_licences(supplier_file_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """The calling supplier's licences as one buyer has them on record."""
    return await edge.page(
        lambda work: licences.page_of_own_licences(work, supplier_file_id, page), LicenceOut.model_validate
    )


@policies.post(
    "",
    operation_id="setSupplierPolicy",
    status_code=201,
    response_model=PolicyOut,
    responses=problems(AlreadyExists),
)
async def set_policy(body: PolicyIn, edge: EdgeDep) -> Response:
    """Say how the buyer treats suppliers from a day on; what was decided before stays as it is."""
    command = SetPolicy(body.valid_from, body.file_required, body.warning_days, body.source)
    return await edge.write(lambda work: service.set_policy(work, command), PolicyOut.model_validate, status=201)


@policies.get("", operation_id="listSupplierPolicies", response_model=PageOut[PolicyOut], responses=problems())
async def list_policies(page: PageDep, edge: EdgeDep) -> Response:
    """The buyer's policies, the latest first."""
    return await edge.page(lambda work: service.page_of_policies(work, page), PolicyOut.model_validate)
