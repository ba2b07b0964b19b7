"""REST doors of links: the employer's, and the way in for whoever holds one. Only translate."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response, Security
from fastapi.security import APIKeyHeader

from chassis.errors import FailedPrecondition, NotFound
from chassis.http.edge import Edge, EdgeDep, PageDep, runtime_of
from chassis.http.once import write_once
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.identity import service_principal
from labour.clients import VaultDep
from labour.links import service
from labour.links.commands import check as checks
from labour.links.models import Link
from labour.links.repository import LinkFilter
from labour.links.schemas import (
    CheckedOut,
    CheckIn,
    IssuedLinkOut,
    LinkOut,
    MyLinkOut,
    NewLinkIn,
    SentOut,
)
from labour.links.service import Origin
from labour.links.states import Purpose, State

router = APIRouter(tags=["links"])

HEADER = "Zhulian-Link"
_secret = APIKeyHeader(name=HEADER, scheme_name="link", description="The secret of a one-time link.", auto_error=False)
LONGEST_AGENT = 200


async def linked(request: Request, secret: Annotated[str | None, Security(_secret)]) -> Edge:
    """The edge of whoever holds a link; its principal is the link's own, so keys of two links never meet."""
    runtime = runtime_of(request)
    async with runtime.works.open(service_principal("labour")) as work:
        principal = await service.recognised(work, secret)
    return Edge(request, runtime, principal)


def origin(request: Request) -> Origin:
    """Where the request came from: the address that the gateway has put down, else the connection's."""
    connected = request.client.host if request.client else ""
    address = request.headers.get("x-forwarded-for", connected)
    return Origin(address, request.headers.get("user-agent", "")[:LONGEST_AGENT])


LinkEdgeDep = Annotated[Edge, Depends(linked)]
OriginDep = Annotated[Origin, Depends(origin)]


class LinkFilters(Filters):
    """Which links to list."""

    worker_id: UUID | None = None
    purpose: Purpose | None = None
    state: State | None = None


def _issued(link: Link) -> IssuedLinkOut:
    return IssuedLinkOut.model_validate({**link.model_dump(), "link": ""})


def _mine(link: Link) -> MyLinkOut:
    return MyLinkOut.model_validate({**link.model_dump(), "session_until": link.checked_until})


@router.post(
    "/links",
    operation_id="issueLink",
    status_code=201,
    response_model=IssuedLinkOut,
    responses=problems(NotFound),
)
async def issue(body: NewLinkIn, edge: EdgeDep) -> Response:
    """A self-service link for one of the caller's workers; an earlier one is revoked."""
    valid_for = timedelta(days=body.valid_days)
    return await write_once(
        edge,
        lambda work: service.issue_for_worker(work, body.worker_id, valid_for),
        _issued,
        field="link",
        status=201,
    )


@router.get("/links", operation_id="listLinks", response_model=PageOut[LinkOut], responses=problems())
async def list_links(filters: Annotated[LinkFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The links that the caller has issued, newest first."""
    wanted = LinkFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), LinkOut.of)


@router.post(
    "/links/{link_id}:revoke",
    operation_id="revokeLink",
    response_model=LinkOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def revoke(link_id: UUID, edge: EdgeDep) -> Response:
    """Take a link back; it opens nothing from now on."""
    return await edge.write(lambda work: service.revoke(work, link_id), LinkOut.of)


@router.get("/my/link", operation_id="getMyLink", response_model=MyLinkOut, responses=problems())
async def mine(edge: LinkEdgeDep) -> Response:
    """What the link in the header Zhulian-Link is for, and whether its identity check holds."""
    return await edge.read(service.mine, _mine)


@router.post(
    "/my/link:send-code", operation_id="sendMyCode", response_model=SentOut, responses=problems(FailedPrecondition)
)
async def send_code(edge: LinkEdgeDep, vault: VaultDep) -> Response:
    """Send a code to the phone that the employer has registered; once a minute, five times a day."""
    return await edge.write(lambda work: checks.send_code(work, vault), SentOut.model_validate)


@router.post("/my/link:check", operation_id="checkMyIdentity", response_model=CheckedOut, responses=problems())
async def check(body: CheckIn, edge: LinkEdgeDep, vault: VaultDep) -> Response:
    """Name, identity number and code, all at once; passed, the link opens what it is for during 15 minutes."""
    given = body.given()
    return await edge.write(
        lambda work: checks.check(work, given, vault),
        CheckedOut.model_validate,
        hide=lambda fingerprint: vault.index("request", fingerprint.hex()),
    )
