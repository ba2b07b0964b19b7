"""Facts of auctions."""

from __future__ import annotations

from google.protobuf.message import Message

from chassis.outbox import Event
from procurement.auctions.models import Auction
from zhulian.procurement.v1 import sourcing_events_pb2

CLOSED = "zhulian.procurement.auctions.closed.v1"

SUBJECTS: dict[str, type[Message]] = {CLOSED: sourcing_events_pb2.AuctionClosed}


def closed(auction: Auction) -> Event:
    """No more bids are taken. Prices are the buyer's to read."""
    message = sourcing_events_pb2.AuctionClosed(
        auction_id=str(auction.id),
        sourcing_id=str(auction.sourcing_id),
        buyer_id=str(auction.buyer_id),
        bidders=auction.bidders,
        bids=auction.bids,
    )
    message.ended_at.FromDatetime(auction.ends_at)
    return Event(CLOSED, auction.id, auction.version, message)
