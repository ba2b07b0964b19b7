"""Every timed job of the gateway."""

from __future__ import annotations

from datetime import timedelta

from chassis import housekeeping
from chassis.jobs import Job
from gateway.access.organisations import service as organisations
from gateway.access.provisioning import service as provisioning

JOBS = (
    *housekeeping.JOBS,
    Job(provisioning.PROVISION, provisioning.provision, clients=True),
    Job(
        "access.adopt-operator",
        provisioning.adopt_operator,
        every=timedelta(minutes=10),
        clients=True,
    ),
    Job("access.tell-organisations", organisations.tell_untold, every=timedelta(minutes=10)),
)
