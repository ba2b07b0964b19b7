"""REST door of records: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from labour.clients import VaultDep
from labour.records import service
from labour.records.models import RecordKind
from labour.records.schemas import BlacklistEntryOut, ListingIn, ReasonIn, RecordIn, RecordOut
from labour.records.service import NewListing, NewRecord, RecordFilter

router = APIRouter(tags=["records"])


class RecordFilters(Filters):
    """Which records to list."""

    worker_id: UUID | None = None
    employer_id: UUID | None = None
    kind: RecordKind | None = None


@router.post(
    "/worker-records",
    operation_id="recordConduct",
    status_code=201,
    response_model=RecordOut,
    responses=problems(NotFound),
)
async def record(body: RecordIn, edge: EdgeDep) -> Response:
    """Put a good or bad record of a worker on file; only this employer and the authority see it."""
    new = NewRecord(**body.model_dump())
    return await edge.write(lambda work: service.record(work, new), RecordOut.model_validate, status=201)


@router.get(
    "/worker-records", operation_id="listConductRecords", response_model=PageOut[RecordOut], responses=problems()
)
async def list_records(filters: Annotated[RecordFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The records that the caller has made; the authority sees all."""
    wanted = RecordFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), RecordOut.model_validate)


@router.post(
    "/worker-records/{record_id}:revoke",
    operation_id="revokeConductRecord",
    response_model=RecordOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def revoke(record_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """Take a record back; it stays readable as revoked."""
    return await edge.write(
        lambda work: service.revoke(work, record_id, edge.expected_version, body.reason), RecordOut.model_validate
    )


@router.post(
    "/blacklist",
    operation_id="listOnBlacklist",
    status_code=201,
    response_model=BlacklistEntryOut,
    responses=problems(),
)
async def list_person(body: ListingIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """An authority puts a person on the blacklist: refused at the gates of every employer from the first day on."""
    new = NewListing(**body.model_dump())
    return await edge.write(
        lambda work: service.list_person(work, new, vault),
        BlacklistEntryOut.model_validate,
        status=201,
        hide=vault.hide,
    )


@router.get("/blacklist", operation_id="getBlacklist", response_model=PageOut[BlacklistEntryOut], responses=problems())
async def get_blacklist(page: PageDep, edge: EdgeDep) -> Response:
    """The entries that count today, published to every member; the authority sees also the ended ones."""
    return await edge.page(lambda work: service.blacklist(work, page), BlacklistEntryOut.model_validate)


@router.get(
    "/blacklist/{entry_id}",
    operation_id="getBlacklistEntry",
    response_model=BlacklistEntryOut,
    responses=problems(NotFound),
)
async def get_entry(entry_id: UUID, edge: EdgeDep) -> Response:
    """One published entry."""
    return await edge.read(lambda work: service.entry(work, entry_id), BlacklistEntryOut.model_validate)


@router.post(
    "/blacklist/{entry_id}:lift",
    operation_id="liftFromBlacklist",
    response_model=BlacklistEntryOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def lift(entry_id: UUID, body: ReasonIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """End an entry before its last day."""
    return await edge.write(
        lambda work: service.lift(work, entry_id, edge.expected_version, body.reason, vault),
        BlacklistEntryOut.model_validate,
    )
