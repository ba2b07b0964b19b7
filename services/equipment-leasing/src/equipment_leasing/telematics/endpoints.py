"""REST door of telematics: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import (
    Aborted,
    AlreadyExists,
    FailedPrecondition,
    NotFound,
    PayloadTooLarge,
    UnsupportedMediaType,
)
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from equipment_leasing.telematics import service
from equipment_leasing.telematics.commands.take_page import TakePage, take_page
from equipment_leasing.telematics.repository import UnitFilter
from equipment_leasing.telematics.schemas import (
    FeedOut,
    MapUnitIn,
    OpenFeedIn,
    PageTakenOut,
    ReadingOut,
    ReplaceControlUnitIn,
    UnitOut,
)
from equipment_leasing.telematics.service import MapUnit, ReplaceControlUnit

router = APIRouter(prefix="/telematics", tags=["telematics"])

LARGEST_PAGE = 2 * 1024 * 1024
XML = ("application/xml", "text/xml")
_EXAMPLE = (
    '<Fleet xmlns="http://standards.iso.org/iso/15143/-3"><Equipment><EquipmentHeader>'
    "<EquipmentID>EQ-1</EquipmentID><SerialNumber>SN1</SerialNumber></EquipmentHeader>"
    '<CumulativeOperatingHours datetime="2026-11-23T01:00:00Z"><Hour>331.17</Hour></CumulativeOperatingHours>'
    "</Equipment></Fleet>"
)


class FeedFilters(Filters):
    """Which feeds to list."""

    name: Annotated[str, Query(min_length=1, max_length=200, pattern=r"^[^\x00]+$")] | None = None


class UnitFilters(Filters):
    """Which units to list; `matched`: tied to a machine or not."""

    feed_id: UUID | None = None
    machine_id: UUID | None = None
    matched: bool | None = None


class ReadingFilters(Filters):
    """Which readings to list."""

    counted: bool | None = None


@router.post(
    "/feeds", operation_id="openFeed", status_code=201, response_model=FeedOut, responses=problems(AlreadyExists)
)
async def open_feed(body: OpenFeedIn, edge: EdgeDep) -> Response:
    """Open a feed: a source of AEMP 2.0 (ISO 15143-3) pages of the caller's machines."""
    return await edge.write(lambda work: service.open_feed(work, body.name), FeedOut.model_validate, status=201)


@router.get("/feeds", operation_id="listFeeds", response_model=PageOut[FeedOut], responses=problems())
async def list_feeds(filters: Annotated[FeedFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The caller's feeds, newest first."""
    return await edge.page(lambda work: service.feeds(work, filters.name, page), FeedOut.model_validate)


@router.get("/feeds/{feed_id}", operation_id="getFeed", response_model=FeedOut, responses=problems(NotFound))
async def get_feed(feed_id: UUID, edge: EdgeDep) -> Response:
    """One feed."""
    return await edge.read(lambda work: service.feed(work, feed_id), FeedOut.model_validate)


@router.post(
    "/feeds/{feed_id}/pages",
    operation_id="takeFeedPage",
    response_model=PageTakenOut,
    responses=problems(NotFound, PayloadTooLarge, UnsupportedMediaType),
    max_body_size=LARGEST_PAGE,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": {"type": "string"}, "example": _EXAMPLE} for kind in XML},
        }
    },
)
async def take_feed_page(feed_id: UUID, edge: EdgeDep) -> Response:
    """Take in one page of a fleet (AEMP 2.0 XML, either dialect, at most 1,000 machines, 2 MiB, not compressed).

    A row per machine says whether it is known and what its reading did; sending the page again changes nothing.
    """
    content = await edge.body(limit=LARGEST_PAGE, types=XML)
    command = TakePage(feed_id, content)
    return await edge.write(lambda work: take_page(work, command), PageTakenOut.of)


@router.post(
    "/feeds/{feed_id}/units",
    operation_id="mapFeedUnit",
    response_model=UnitOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def map_unit(feed_id: UUID, body: MapUnitIn, edge: EdgeDep) -> Response:
    """Say which machine a unit of the feed is, before or after its first page; null unties it."""
    command = MapUnit(feed_id, body.equipment_id, body.machine_id)
    return await edge.write(lambda work: service.map_unit(work, command), UnitOut.of)


@router.get("/units", operation_id="listUnits", response_model=PageOut[UnitOut], responses=problems())
async def list_units(filters: Annotated[UnitFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The caller's telematics units, newest first."""
    wanted = UnitFilter(**filters.model_dump())
    return await edge.page(lambda work: service.units(work, wanted, page), UnitOut.of)


@router.get("/units/{unit_id}", operation_id="getUnit", response_model=UnitOut, responses=problems(NotFound))
async def get_unit(unit_id: UUID, edge: EdgeDep) -> Response:
    """One unit."""
    return await edge.read(lambda work: service.unit(work, unit_id), UnitOut.of)


@router.get(
    "/units/{unit_id}/readings",
    operation_id="listReadings",
    response_model=PageOut[ReadingOut],
    responses=problems(NotFound),
)
async def list_readings(
    unit_id: UUID, filters: Annotated[ReadingFilters, Query()], page: PageDep, edge: EdgeDep
) -> Response:
    """Counter readings of a unit, latest first, also those that were kept but not counted."""
    return await edge.page(
        lambda work: service.readings(work, unit_id, filters.counted, page), ReadingOut.model_validate
    )


@router.post(
    "/units/{unit_id}:replace-control-unit",
    operation_id="replaceControlUnit",
    response_model=UnitOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def replace_control_unit(unit_id: UUID, body: ReplaceControlUnitIn, edge: EdgeDep) -> Response:
    """Say that the counter went back because the control unit was replaced at that instant."""
    command = ReplaceControlUnit(unit_id, edge.expected_version, body.at)
    return await edge.write(lambda work: service.replace_control_unit(work, command), UnitOut.of)
