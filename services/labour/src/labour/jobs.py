"""Every timed job of labour."""

from __future__ import annotations

from datetime import timedelta

from chassis import housekeeping
from chassis.files import service as files
from chassis.jobs import Job
from labour.contracts import service as contracts
from labour.contracts.commands import offer, sign
from labour.evidence import service as evidence
from labour.links.commands import check

JOBS = (
    *housekeeping.JOBS,
    Job(files.SCAN, files.scan_later, clients=True),
    Job("files.sweep", files.sweep, every=timedelta(hours=6), clients=True),
    Job(check.SEND, check.deliver, clients=True),
    Job(offer.PRINT, offer.print_offer, clients=True),
    Job(sign.WARN, contracts.warn),
    Job(sign.END, contracts.end, clients=True),
    Job(evidence.FOLLOW, evidence.follow, every=timedelta(seconds=10)),
    Job(evidence.LOOK_AGAIN, evidence.look_again, every=timedelta(hours=12)),
)
