"""Every timed job of labour."""

from __future__ import annotations

from datetime import timedelta

from chassis import housekeeping
from chassis.files import service as files
from chassis.jobs import Job
from labour.assignments import handlers as assignments
from labour.assignments.commands.clear import CLEAR_JOB, WATCH_JOB
from labour.assignments.commands.close import CLOSE_JOB
from labour.attendance import service as attendance
from labour.authorities.service import COLLECT
from labour.certificates import service as certificates
from labour.contracts import service as contracts
from labour.contracts.commands import offer, sign
from labour.employer_listings import service as employer_listings
from labour.evidence import service as evidence
from labour.filings import service as filings
from labour.links.commands import check
from labour.payrolls.commands import drafting
from labour.privacy.commands import answers, erase
from labour.training import service as training
from labour.wage_accounts import service as wage_accounts
from labour.wage_accounts.commands import clocks
from labour.wage_officers import service as wage_officers
from labour.warnings import service as warnings

JOBS = (
    *housekeeping.JOBS,
    Job(files.SCAN, files.scan_later, clients=True),
    Job("attendance.partitions", attendance.make_partitions, every=timedelta(days=1)),
    Job("files.sweep", files.sweep, every=timedelta(hours=6), clients=True),
    Job(CLOSE_JOB, assignments.close_project),
    Job(WATCH_JOB, assignments.watch, every=timedelta(hours=6)),
    Job(CLEAR_JOB, assignments.clear_from, clients=True),
    Job(certificates.LOOK_JOB, certificates.look, every=timedelta(hours=6)),
    Job(wage_officers.LOOK_JOB, wage_officers.look, every=timedelta(hours=6)),
    Job("training.watch", training.watch, every=timedelta(hours=6)),
    Job(training.COUNT, training.count_from),
    Job(check.SEND, check.deliver, clients=True),
    Job("links.forget-codes", check.forget, every=timedelta(hours=6)),
    Job(offer.PRINT, offer.print_offer, clients=True),
    Job(sign.WARN, contracts.warn),
    Job(sign.END, contracts.end, clients=True),
    Job(evidence.FOLLOW, evidence.follow, every=timedelta(seconds=10)),
    Job(evidence.LOOK_AGAIN, evidence.look_again, every=timedelta(hours=12)),
    Job(wage_accounts.SHARE_DUE, wage_accounts.share_due),
    Job(clocks.CHECK, clocks.check),
    Job(drafting.FILL, drafting.fill),
    Job(erase.JOB, erase.later, clients=True),
    Job(answers.JOB, answers.late),
    Job(COLLECT, filings.collect, clients=True),
    Job(filings.PUMP, filings.pump, clients=True),
    Job("filings.sweep", filings.sweep, every=timedelta(minutes=5)),
    Job(warnings.WATCH, warnings.watch, every=timedelta(hours=6)),
    Job(employer_listings.END_JOB, employer_listings.end),
)
