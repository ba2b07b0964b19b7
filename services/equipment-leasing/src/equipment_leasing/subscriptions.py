"""Every fact that equipment-leasing consumes."""

from __future__ import annotations

from chassis.subscriptions import Subscription
from equipment_leasing.projects import handlers as projects
from zhulian.projects.v1.events_pb2 import ProjectChanged

SUBSCRIPTIONS = (
    Subscription(
        durable="equipment-leasing--projects-changed",
        stream="PROJECT_MGMT",
        subject="zhulian.project-mgmt.projects.changed.v1",
        message=ProjectChanged,
        handler=projects.project_changed,
    ),
)
