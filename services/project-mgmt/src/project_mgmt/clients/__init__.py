"""Whom project-mgmt asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from chassis.http.edge import runtime_of
from chassis.rpc.client import Channel
from chassis.runtime import Runtime
from project_mgmt.clients.equipment import EquipmentDirectory, GrpcEquipmentDirectory
from project_mgmt.clients.labour import GrpcLabourDirectory, LabourDirectory
from project_mgmt.clients.procurement import GrpcProcurementDirectory, ProcurementDirectory


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The three services that the overview asks at once, and how many seconds it waits for them together."""

    labour: LabourDirectory
    procurement: ProcurementDirectory
    equipment: EquipmentDirectory
    wait: float


def connect(runtime: Runtime) -> Mapping[str, Any]:
    """The clients, once the event loop runs."""
    settings, tokens = runtime.settings, runtime.service_tokens
    labour = Channel(settings.labour_grpc, tokens, "labour")
    procurement = Channel(settings.procurement_grpc, tokens, "procurement")
    equipment = Channel(settings.equipment_grpc, tokens, "equipment-leasing")
    asked = Neighbours(
        GrpcLabourDirectory(labour),
        GrpcProcurementDirectory(procurement),
        GrpcEquipmentDirectory(equipment),
        settings.overview_wait,
    )
    return {"neighbours": asked, "channels": [labour, procurement, equipment]}


def neighbours(request: Request) -> Neighbours:
    """The neighbours, as an endpoint's dependency."""
    found: Neighbours = runtime_of(request).clients["neighbours"]
    return found


NeighboursDep = Annotated[Neighbours, Depends(neighbours)]
