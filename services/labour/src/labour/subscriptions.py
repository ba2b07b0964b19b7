"""Every fact that labour consumes."""

from __future__ import annotations

from chassis.subscriptions import Subscription
from labour.organisations import handlers as organisations
from labour.projects import handlers as projects
from zhulian.access.v1.events_pb2 import OrganisationChanged
from zhulian.projects.v1.events_pb2 import ProjectChanged

SUBSCRIPTIONS = (
    Subscription(
        durable="labour--projects-changed",
        stream="PROJECT_MGMT",
        subject="zhulian.project-mgmt.projects.changed.v1",
        message=ProjectChanged,
        handler=projects.project_changed,
    ),
    Subscription(
        durable="labour--organisations-changed",
        stream="GATEWAY",
        subject="zhulian.gateway.organisations.changed.v1",
        message=OrganisationChanged,
        handler=organisations.organisation_changed,
    ),
)
