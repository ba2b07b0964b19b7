"""REST door of auctions: only translates."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from chassis.errors import Aborted, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep, runtime_of
from chassis.http.feed import Feed, Source
from chassis.http.hot_route import hot
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.http.turns import Turns
from chassis.identity import service_principal
from procurement.auctions import service
from procurement.auctions.rules import Snapshot
from procurement.auctions.schemas import (
    AuctionIn,
    AuctionOut,
    AuctionSummary,
    BidIn,
    BidOut,
    LiveOut,
    PlacedOut,
    ReviseAuctionIn,
)
from procurement.auctions.service import CreateAuction, LinePrice, ReviseAuction, StartPrice
from procurement.auctions.states import State

router = APIRouter(prefix="/auctions", tags=["auctions"])

LIVE = Source("auction", service.again, LiveOut.seen_by, lambda snapshot: snapshot.state is State.CLOSED)
READER = service_principal("procurement")
STREAM: dict[str, Any] = {
    "content": {
        "text/event-stream": {
            "schema": {"type": "string"},
            "example": 'id: 5f1c2b7e9a034d68\nevent: auction\ndata: {"state":"open","own_rank":2}\n\n',
        }
    }
}
TURNS = Turns()
"""Bids of one auction come one after the other anyway: they wait here, not in the pool of connections."""


def feed_of(request: Request) -> Feed[Snapshot]:
    """The live feed (实时行情) of this process, as an endpoint's dependency."""
    runtime = runtime_of(request)
    feed: Feed[Snapshot] = runtime.clients.setdefault("auctions", Feed(runtime.works, LIVE, READER))
    return feed


FeedDep = Annotated[Feed[Snapshot], Depends(feed_of)]


class AuctionFilters(Filters):
    """Which auctions to list."""

    sourcing_id: UUID | None = None


@router.post(
    "",
    operation_id="createAuction",
    status_code=201,
    response_model=AuctionSummary,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def create(body: AuctionIn, edge: EdgeDep) -> Response:
    """Make a reverse auction of a draft sourcing; publishing the sourcing publishes it."""
    command = CreateAuction(
        body.sourcing_id,
        edge.expected_version,
        body.terms(),
        tuple(StartPrice(line.line_id, line.start_price, line.tax_percent) for line in body.lines),
    )
    return await edge.write(lambda work: service.create(work, command), AuctionSummary.model_validate, status=201)


@router.get("", operation_id="listAuctions", response_model=PageOut[AuctionSummary], responses=problems())
async def list_auctions(filters: Annotated[AuctionFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Auctions of the caller, or to which it is invited, newest first."""
    return await edge.page(lambda work: service.page(work, filters.sourcing_id, page), AuctionSummary.model_validate)


@router.get("/{auction_id}", operation_id="getAuction", response_model=AuctionOut, responses=problems(NotFound))
async def get(auction_id: UUID, edge: EdgeDep) -> Response:
    """One auction and where it stands, as the caller may see it."""
    viewer = edge.principal.organisation_id
    return await edge.read(lambda work: service.get(work, auction_id), lambda found: AuctionOut.seen_by(found, viewer))


@router.put(
    "/{auction_id}",
    operation_id="reviseAuction",
    response_model=AuctionOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def revise(auction_id: UUID, body: ReviseAuctionIn, edge: EdgeDep) -> Response:
    """Replace all that the draft of an auction says; If-Match, the version of its sourcing, is required."""
    viewer = edge.principal.organisation_id
    prices = tuple(LinePrice(line.start_price, line.tax_percent) for line in body.start_prices)
    command = ReviseAuction(auction_id, edge.required_version, body.plain(), body.terms(), prices)
    return await edge.change(
        lambda work: service.revise(work, command), lambda found: AuctionOut.seen_by(found, viewer)
    )


@router.post(
    "/{auction_id}/bids",
    operation_id="placeBid",
    status_code=201,
    response_model=PlacedOut,
    responses=problems(NotFound, FailedPrecondition),
)
@hot
async def bid(auction_id: UUID, body: BidIn, edge: EdgeDep) -> Response:
    """Bid on the total of all lines, lower than before; server time decides. Watchers are told at once."""
    async with TURNS.of(auction_id):
        answer = await edge.write_hot(lambda work: service.bid(work, auction_id, body.price), PlacedOut.of, status=201)
    feed_of(edge.request).wake(auction_id)
    return answer


@router.get("/{auction_id}/bids", operation_id="listBids", response_model=PageOut[BidOut], responses=problems(NotFound))
async def list_bids(auction_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """Bids, newest first: the buyer sees all under pseudonyms, by name after the end; a supplier its own."""
    return await edge.page(lambda work: service.bids(work, auction_id, page), BidOut.of)


@router.get(
    "/{auction_id}/stream",
    operation_id="streamAuction",
    response_class=Response,
    responses={200: STREAM, **problems(NotFound)},
)
async def stream(
    auction_id: UUID,
    edge: EdgeDep,
    feed: FeedDep,
    last_event_id: Annotated[str, Header(max_length=64)] = "",
) -> Response:
    """Server-sent events `auction`, each with where the auction stands (`live` of getAuction) for the caller.

    A stream lasts two minutes at most, and no longer than the token: come again with Last-Event-ID and a token that is
    good. The gateway answers 503 STREAMS_FULL when it has no place for one more.
    """
    viewer = edge.principal.organisation_id
    return await edge.stream(
        lambda work: service.get(work, auction_id),
        lambda found: feed.follow(auction_id, found[1], viewer, last_event_id),
    )
