"""Every table of labour, for migrations and for the test that compares them with the database."""

from __future__ import annotations

from sqlalchemy import Table
from sqlmodel import SQLModel

from chassis.files.models import File, FileShare
from chassis.replica import KnownOrganisation
from labour.assignments.models import Assignment, Stay
from labour.attendance.models import Swipe, WorkerDay
from labour.breaks.models import BreakRule
from labour.devices.models import Device, Incident
from labour.geofences.models import Geofence, SwipeLocation
from labour.months.models import LockedMonth
from labour.repairs.models import Repair
from labour.workers.models import Certificate, Person, Training, Worker

MODELS: tuple[type[SQLModel], ...] = (
    Person,
    Worker,
    Certificate,
    Training,
    Assignment,
    Stay,
    Device,
    Incident,
    Geofence,
    BreakRule,
    Swipe,
    SwipeLocation,
    WorkerDay,
    LockedMonth,
    Repair,
    KnownOrganisation,
    File,
    FileShare,
)
TABLES: tuple[Table, ...] = tuple(model.__table__ for model in MODELS)  # type: ignore[attr-defined]
