"""Composition of project-mgmt."""

from __future__ import annotations

from chassis.runtime import Service
from project_mgmt import api, clients, rpc
from project_mgmt.jobs import JOBS
from project_mgmt.models import TABLES
from project_mgmt.settings import ProjectMgmtSettings
from project_mgmt.subscriptions import SUBSCRIPTIONS

SERVICE = Service(
    name="project-mgmt",
    package="project_mgmt",
    area="projects",
    title="Zhulian project-mgmt 工程项目管理",
    description="Projects and their parties, work breakdown, budget and commitments, site indicators, overview.",
    router=api.router,
    tables=TABLES,
    settings=ProjectMgmtSettings,
    subscriptions=SUBSCRIPTIONS,
    jobs=JOBS,
    rpc=rpc.register,
    clients=clients.connect,
)
