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
from labour.payrolls.commands import drafting
from labour.wage_accounts import service as wage_accounts
from labour.wage_accounts.commands import clocks
from labour.warnings import service as warnings

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
    Job(wage_accounts.SHARE_DUE, wage_accounts.share_due),
    Job(clocks.CHECK, clocks.check),
    Job(drafting.FILL, drafting.fill),
    Job(warnings.WATCH, warnings.watch, every=timedelta(hours=6)),
)
