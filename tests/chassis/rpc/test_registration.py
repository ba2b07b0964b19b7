"""A servicer whose methods do not all name their callers does not start."""

from __future__ import annotations

from typing import Any

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from chassis.rpc.server import GrpcServer, Registration, callers_of, rpc
from tests.chassis.rpc.peer import CALLERS, SERVICE, Peer, Projects, RecordedWorks
from zhulian.projects.v1 import project_directory_pb2 as messages
from zhulian.projects.v1.project_directory_pb2_grpc import add_ProjectDirectoryServicer_to_server


class _Forgetful(Projects):
    async def GetParty(self, request: Any, context: Any) -> messages.GetPartyResponse:  # noqa: N802
        return messages.GetPartyResponse()


def test_a_method_without_callers_fails_the_start() -> None:
    registration = Registration(SERVICE, _Forgetful(), add_ProjectDirectoryServicer_to_server)
    with pytest.raises(TypeError, match=r"_Forgetful\.GetParty is not marked"):
        _serve([registration])
    with pytest.raises(TypeError, match="not marked"):
        callers_of(SERVICE, _Forgetful)


def test_the_callers_of_a_servicer_can_be_listed() -> None:
    listed = callers_of(SERVICE, Projects)
    assert listed["zhulian.projects.v1.ProjectDirectory.GetParty"] == tuple(sorted(CALLERS))
    assert listed["zhulian.projects.v1.ProjectDirectory.GetProject"] == ("labour",)
    assert len(listed) == 5


def test_what_the_mark_refuses() -> None:
    with pytest.raises(ValueError, match="nobody"):
        rpc(callers=())
    with pytest.raises(TypeError, match="coroutine"):
        rpc(callers=("labour",))(lambda servicer, work, request: None)  # type: ignore[arg-type, return-value]


def test_a_streaming_service_is_refused() -> None:
    descriptor = health_pb2.DESCRIPTOR.services_by_name["Health"]
    marked = {method.name: Projects.GetParty for method in descriptor.methods if method.name != "Watch"}
    servicer = type("Marked", (health_pb2_grpc.HealthServicer,), marked)()
    with pytest.raises(TypeError, match="Watch streams"):
        _serve([Registration(descriptor, servicer, health_pb2_grpc.add_HealthServicer_to_server)])


def _serve(registrations: list[Registration]) -> GrpcServer:
    verifier = Peer()._server(0)._verifier
    return GrpcServer(host="127.0.0.1", port=0, registrations=registrations, verifier=verifier, works=RecordedWorks())
