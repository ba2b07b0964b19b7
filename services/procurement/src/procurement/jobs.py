"""Every timed job of procurement."""

from __future__ import annotations

from datetime import timedelta

from chassis import housekeeping
from chassis.files import service as files
from chassis.jobs import Job
from procurement.agreements import service as agreements
from procurement.auctions import service as auctions
from procurement.guarantees import handlers as guarantees
from procurement.guarantees.service import LOOK_JOB as LOOK_AT_GUARANTEE
from procurement.payables import handlers as payables
from procurement.payables.service import LOOK_JOB as LOOK_AT_PAYABLE
from procurement.prices.commands import freeze
from procurement.quotes import service as quotes
from procurement.suppliers import handlers as suppliers
from procurement.suppliers.commands.licences import WARN_JOB
from procurement.suppliers.service import LIFT_JOB

JOBS = (
    *housekeeping.JOBS,
    Job("prices.freeze-months", freeze.freeze_months, every=timedelta(hours=6)),
    Job(files.SCAN, files.scan_later, clients=True),
    Job("files.sweep", files.sweep, every=timedelta(hours=6), clients=True),
    Job("auctions.close", auctions.close),
    Job("quotes.open", quotes.open_all, clients=True),
    Job(LIFT_JOB, suppliers.lift),
    Job(WARN_JOB, suppliers.warn_licence),
    Job(agreements.EXPIRE, agreements.expire),
    Job(LOOK_AT_PAYABLE, payables.look),
    Job(LOOK_AT_GUARANTEE, guarantees.look),
)
