"""Every fact that procurement consumes."""

from __future__ import annotations

from chassis.subscriptions import Subscription
from procurement.organisations import handlers as organisations
from procurement.projects import handlers as projects
from zhulian.access.v1.events_pb2 import OrganisationChanged
from zhulian.projects.v1.events_pb2 import ProjectChanged

SUBSCRIPTIONS = (
    Subscription(
        durable="procurement--projects-changed",
        stream="PROJECT_MGMT",
        subject="zhulian.project-mgmt.projects.changed.v1",
        message=ProjectChanged,
        handler=projects.project_changed,
    ),
    Subscription(
        durable="procurement--organisations-changed",
        stream="GATEWAY",
        subject="zhulian.gateway.organisations.changed.v1",
        message=OrganisationChanged,
        handler=organisations.organisation_changed,
    ),
)
