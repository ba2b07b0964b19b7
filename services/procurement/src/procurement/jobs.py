"""Every timed job of procurement."""

from __future__ import annotations

from chassis import housekeeping
from chassis.jobs import Job
from procurement.auctions import service as auctions
from procurement.quotes import service as quotes

JOBS = (
    *housekeeping.JOBS,
    Job("auctions.close", auctions.close),
    Job("quotes.open", quotes.open_all, clients=True),
)
