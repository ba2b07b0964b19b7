"""Tables of devices."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from labour.devices.states import State


class Channel(StrEnum):
    """What kind of device swipes come from; what each way of attendance demands depends on it."""

    GATE = "gate"  # 闸机
    HANDHELD = "handheld"  # 手持机
    PHONE = "phone"  # 手机


class Device(Row, table=True):
    """A device of a project; it signs in with the API client `client_id` of its organisation.

    What it says of itself with each batch (`last_sequence`, `last_swipe_at` of that number, `last_seen_at`,
    `clock_drift_ms`: its clock less ours) changes no version: nobody edits it. `predecessor_id` is the device that it
    replaced; numbers begin anew with each device.
    """

    __tablename__ = "gate_devices"
    __table_args__ = (
        UniqueConstraint("project_id", "name", name="gate_devices_name_taken"),
        UniqueConstraint("predecessor_id", name="gate_devices_one_successor"),
        CheckConstraint(one_of("state", State), name="gate_devices_state"),
        CheckConstraint(one_of("channel", Channel), name="gate_devices_channel"),
        Index("gate_devices_organisation", "organisation_id", "id"),
    )

    project_id: UUID
    organisation_id: UUID
    name: str
    client_id: str
    state: State = Field(sa_type=text_enum(State))
    channel: Channel = Field(sa_type=text_enum(Channel), sa_column_kwargs={"server_default": "gate"})
    predecessor_id: UUID | None = None
    last_sequence: int = Field(default=-1, sa_type=BigInteger, sa_column_kwargs={"server_default": "-1"})
    last_swipe_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    last_seen_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    clock_drift_ms: int | None = Field(default=None, sa_type=BigInteger)


class IncidentKind(StrEnum):
    """What is odd about a device's clock."""

    CLOCK_SET_BACK = "clock_set_back"  # a later number bears an earlier instant
    CLOCK_DRIFT = "clock_drift"  # its clock and ours differ by more than the limit


class Incident(SQLModel, table=True):
    """Something odd about a device's clock, noticed at one of its numbers; `offset_ms` says by how much."""

    __tablename__ = "device_incidents"
    __table_args__ = (
        CheckConstraint(one_of("kind", IncidentKind), name="device_incidents_kind"),
        ForeignKeyConstraint(["device_id"], ["gate_devices.id"], name="device_incidents_device"),
    )

    device_id: UUID = Field(primary_key=True)
    kind: IncidentKind = Field(primary_key=True, sa_type=text_enum(IncidentKind))
    sequence: int = Field(primary_key=True, sa_type=BigInteger)
    project_id: UUID
    noticed_at: datetime = Field(sa_type=TIMESTAMPTZ)
    offset_ms: int = Field(sa_type=BigInteger)
