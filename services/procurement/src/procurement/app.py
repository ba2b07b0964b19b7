"""Composition of procurement."""

from __future__ import annotations

from chassis.runtime import Service
from chassis.tabular.exporting import offer_lists
from procurement import api, clients, rpc
from procurement.jobs import JOBS
from procurement.models import TABLES
from procurement.settings import ProcurementSettings
from procurement.subscriptions import SUBSCRIPTIONS

SERVICE = Service(
    name="procurement",
    package="procurement",
    area="procurement",
    title="Zhulian procurement 建材招采",
    description="Material catalogue, purchase orders, deliveries and acceptance on site.",
    router=api.router,
    tables=TABLES,
    settings=ProcurementSettings,
    subscriptions=SUBSCRIPTIONS,
    jobs=JOBS,
    rpc=rpc.register,
    clients=clients.connect,
    extend=offer_lists,
)
