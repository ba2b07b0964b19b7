"""Health, reflection, start and graceful stop of the gRPC server."""

from __future__ import annotations

import asyncio
import socket

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from chassis.work import Work
from tests.chassis.rpc.peer import SERVICE, Peer, bare
from zhulian.projects.v1 import project_directory_pb2 as messages

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


async def test_health_and_reflection_need_no_token(peer: Peer) -> None:
    health = health_pb2_grpc.HealthStub(peer.raw())
    for name in ("", SERVICE.full_name):
        answer = await health.Check(health_pb2.HealthCheckRequest(service=name), timeout=5)
        assert answer.status == SERVING
    names = await _reflected(peer)
    assert {SERVICE.full_name, "grpc.health.v1.Health"} <= names


async def test_a_graceful_stop_says_so_takes_nothing_new_and_finishes_what_runs(peer: Peer) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def wait(_: Work, __: messages.GetPartyRequest) -> messages.GetPartyResponse:
        begun.set()
        await go.wait()
        return messages.GetPartyResponse(project_state="finished")

    peer.projects.answering = wait
    watch = health_pb2_grpc.HealthStub(peer.raw()).Watch(health_pb2.HealthCheckRequest(), timeout=20)
    assert (await watch.read()).status == SERVING
    running = asyncio.create_task(bare(peer))
    await begun.wait()
    stopping = asyncio.create_task(peer.server.stop(10))
    assert (await watch.read()).status == NOT_SERVING
    watch.cancel()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await bare(peer)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert not stopping.done()
    go.set()
    assert (await running).project_state == "finished"
    async with asyncio.timeout(5):
        await stopping
    assert peer.works.ends == ["committed"]


async def test_a_stop_does_not_wait_for_ever(peer: Peer) -> None:
    begun = asyncio.Event()

    async def hang(_: Work, __: messages.GetPartyRequest) -> messages.GetPartyResponse:
        begun.set()
        await asyncio.sleep(30)
        return messages.GetPartyResponse()

    peer.projects.answering = hang
    running = asyncio.create_task(bare(peer, timeout=20))
    await begun.wait()
    async with asyncio.timeout(3):
        await peer.server.stop(0.3)
    with pytest.raises(grpc.aio.AioRpcError):
        await running
    assert peer.works.ends == ["rolled back"]


async def test_a_port_that_is_taken_fails_the_start(peer: Peer) -> None:
    second = Peer()
    second.server.port = peer.server.port
    with pytest.raises(OSError, match="cannot listen"):
        await second.start()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        second.server.port = taken.getsockname()[1]
        with pytest.raises(OSError, match="cannot listen"):
            await second.start()


async def _reflected(peer: Peer) -> set[str]:
    stub = reflection_pb2_grpc.ServerReflectionStub(peer.raw())
    call = stub.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(list_services="")]), timeout=5)
    async for answer in call:
        return {service.name for service in answer.list_services_response.service}
    return set()
