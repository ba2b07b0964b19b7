"""REST door of saved filters: only translates. What a list can be filtered by, its own route says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.routing import APIRoute
from pydantic import Field, ValidationError

from chassis.errors import Aborted, AlreadyExists, NotFound
from chassis.http.edge import Edge, EdgeDep, PageDep
from chassis.http.faults import request_refusal
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.saved_filters import errors, service
from procurement.saved_filters.models import SavedFilter
from procurement.saved_filters.schemas import SavedFilterIn, SavedFilterOut
from procurement.saved_filters.service import Content

router = APIRouter(prefix="/saved-filters", tags=["saved filters"])


class SavedFilterFilters(Filters):
    """Which saved filters to list."""

    list: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$", examples=["listOrders"])] | None = None


def _route(edge: Edge, listing: str) -> tuple[str, type[Filters]] | None:
    """Path and filters of a list of this service that has no variable in its path."""
    for route in edge.request.app.routes:
        if isinstance(route, APIRoute) and route.operation_id == listing and "{" not in route.path:
            for parameter in route.dependant.query_params:
                kind: Any = parameter.field_info.annotation
                if isinstance(kind, type) and issubclass(kind, Filters):
                    return route.path, kind
    return None


def _content(edge: Edge, body: SavedFilterIn) -> Content:
    """The command; InvalidArgument LIST_UNKNOWN, or what the list itself would say of these filters."""
    found = _route(edge, body.list) if body.list.startswith("list") else None
    if found is None:
        raise errors.unknown_list()
    try:
        found[1].model_validate(body.query)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        in_body = [{**one, "loc": ("body", "query", *one["loc"])} for one in faults]
        raise request_refusal(in_body, body.model_dump()) from None
    return Content(body.list, body.name, body.shared, body.query)


def _present(edge: Edge) -> Callable[[SavedFilter], SavedFilterOut]:
    def out(row: SavedFilter) -> SavedFilterOut:
        found = _route(edge, row.listing)
        return SavedFilterOut(
            id=row.id,
            version=row.version,
            list=row.listing,
            name=row.name,
            shared=row.shared,
            own=row.owner == edge.principal.subject,
            query=row.query,
            link="" if found is None else f"{found[0]}?{urlencode(row.query)}",
            created_at=row.created_at,
            updated_at=row.updated_at,
        )

    return out


@router.post(
    "",
    operation_id="saveFilter",
    status_code=201,
    response_model=SavedFilterOut,
    responses=problems(AlreadyExists),
)
async def save(body: SavedFilterIn, edge: EdgeDep) -> Response:
    """Keep the filters of a list under a name."""
    content = _content(edge, body)
    return await edge.write(lambda work: service.save(work, content), _present(edge), status=201)


@router.get("", operation_id="listSavedFilters", response_model=PageOut[SavedFilterOut], responses=problems())
async def list_saved(filters: Annotated[SavedFilterFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The caller's own filters and those that are shared in its organisation, newest first."""
    return await edge.page(lambda work: service.page(work, filters.list, page), _present(edge))


@router.get(
    "/{saved_filter_id}", operation_id="getSavedFilter", response_model=SavedFilterOut, responses=problems(NotFound)
)
async def get(saved_filter_id: UUID, edge: EdgeDep) -> Response:
    """One saved filter; its `link` uses it."""
    return await edge.read(lambda work: service.get(work, saved_filter_id), _present(edge))


@router.put(
    "/{saved_filter_id}",
    operation_id="changeSavedFilter",
    response_model=SavedFilterOut,
    responses=problems(NotFound, AlreadyExists, Aborted),
)
async def change(saved_filter_id: UUID, body: SavedFilterIn, edge: EdgeDep) -> Response:
    """Its owner writes it anew."""
    content, version = _content(edge, body), edge.required_version
    return await edge.change(lambda work: service.change(work, saved_filter_id, version, content), _present(edge))


@router.delete(
    "/{saved_filter_id}",
    operation_id="deleteSavedFilter",
    response_model=SavedFilterOut,
    responses=problems(NotFound, Aborted),
)
async def delete(saved_filter_id: UUID, edge: EdgeDep) -> Response:
    """Its owner gives it up; answers what it was."""
    version = edge.required_version
    return await edge.change(lambda work: service.delete(work, saved_filter_id, version), _present(edge))
