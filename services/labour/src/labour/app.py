"""Composition of labour."""

from __future__ import annotations

from chassis.runtime import Service
from chassis.tabular.exporting import offer_lists
from labour import api, clients, rpc
from labour.jobs import JOBS
from labour.models import TABLES
from labour.settings import LabourSettings
from labour.subscriptions import SUBSCRIPTIONS

SERVICE = Service(
    name="labour",
    package="labour",
    area="labour",
    title="Zhulian labour 劳务管理",
    description="Real-name registration of workers, gates of entry to site, attendance and worker days.",
    router=api.router,
    tables=TABLES,
    settings=LabourSettings,
    subscriptions=SUBSCRIPTIONS,
    jobs=JOBS,
    rpc=rpc.register,
    clients=clients.connect,
    extend=offer_lists,
)
