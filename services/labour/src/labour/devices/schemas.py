"""What comes in and goes out about devices."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Instant, Text
from labour.devices.models import Channel, IncidentKind
from labour.devices.states import State

ClientId = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$",
        description="The API client with which the device signs in.",
        examples=["gate-01"],
    ),
]


class RegisterDeviceIn(In):
    """A device of a project."""

    project_id: UUID
    name: Text = Field(examples=["1号门 A 通道"])
    client_id: ClientId
    channel: Channel = Channel.GATE


class ReplaceDeviceIn(In):
    """The device that takes another one's place; its numbers begin anew."""

    name: Text = Field(examples=["1号门 A 通道(新)"])
    client_id: ClientId


class RotateDeviceKeyIn(In):
    """The API client with which the device signs in from now on."""

    client_id: ClientId


class DeviceOut(Out):
    """A device; `last_sequence` is the largest number taken from it (-1: none), to go on from.

    `clock_drift_ms`: its clock less ours, as its last batch with `sent_at` showed.
    """

    id: UUID
    version: int
    project_id: UUID
    organisation_id: UUID
    name: str
    client_id: str
    channel: Channel
    state: State
    predecessor_id: UUID | None
    last_sequence: int
    last_swipe_at: Instant | None
    last_seen_at: Instant | None
    clock_drift_ms: int | None
    created_at: Instant
    updated_at: Instant


class IncidentOut(Out):
    """Something odd about a device's clock: from this number on it was `offset_ms` behind the number before, or ahead
    of our clock (negative: behind).
    """

    device_id: UUID
    kind: IncidentKind
    sequence: int
    project_id: UUID
    noticed_at: Instant
    offset_ms: int
