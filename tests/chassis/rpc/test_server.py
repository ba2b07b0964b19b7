"""The gRPC door: who gets in, how long, and what comes out when it goes wrong."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from structlog.testing import capture_logs

from chassis import logs
from chassis.errors import NotFound, ServiceError, Violation, invalid
from chassis.identity import service_principal
from chassis.rpc.deadline import remaining
from chassis.rpc.server import GrpcServer, Registration, callers_of, rpc
from chassis.rpc.status import from_rpc_error
from chassis.work import Work
from tests.chassis.rpc.peer import CALLERS, PATH, SERVICE, Peer, Projects, RecordedWorks, ask
from tests.chassis.token_corpus import INTERNAL_CASES, Case
from zhulian.projects.v1 import project_directory_pb2 as messages
from zhulian.projects.v1.project_directory_pb2_grpc import (
    ProjectDirectoryStub,
    add_ProjectDirectoryServicer_to_server,
)

REQUEST = messages.GetPartyRequest(project_id="p")
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


async def _refused(peer: Peer, token: str | None, *, seconds: float | None = 5.0) -> ServiceError:
    """What a bare client is refused with."""
    metadata = () if token is None else (("authorization", f"Bearer {token}"),)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await ProjectDirectoryStub(peer.raw()).GetParty(REQUEST, timeout=seconds, metadata=metadata)
    refused = from_rpc_error(caught.value)
    assert refused is not None, caught.value
    assert refused.grpc_code is caught.value.code()
    return refused


def _nothing_ran(peer: Peer) -> bool:
    return peer.projects.asked == 0 and peer.works.principals == []


async def test_an_answer_is_committed_and_the_principal_is_the_calling_service(peer: Peer) -> None:
    answer = await ask(peer.channel(), project_id="42")
    assert (list(answer.roles), answer.project_state) == (["general_contractor"], "42")
    assert peer.works.principals == [service_principal("procurement")]
    assert peer.works.ends == ["committed"]


@pytest.mark.parametrize("case", INTERNAL_CASES, ids=lambda case: case.name)
async def test_odd_tokens_are_refused_at_the_wire(case: Case, peer: Peer) -> None:
    refused = await _refused(peer, case.make(peer.signer))
    assert (type(refused).__name__, refused.reason) == ("Unauthenticated", case.reason)
    assert _nothing_ran(peer)


async def test_no_token(peer: Peer) -> None:
    assert (await _refused(peer, None)).reason == "TOKEN_MISSING"
    assert _nothing_ran(peer)


async def test_a_service_that_is_not_on_the_list_is_refused(peer: Peer) -> None:
    refused = await _refused(peer, peer.signer.service_token("equipment-leasing"))
    assert refused.reason == "CALLER_NOT_ALLOWED"
    assert refused.metadata == {"caller": "equipment-leasing", "method": PATH[1:]}
    assert _nothing_ran(peer)


async def test_the_list_is_that_of_the_method(peer: Peer) -> None:
    stub = ProjectDirectoryStub(peer.raw())
    for service, code in (("labour", grpc.StatusCode.OK), ("procurement", grpc.StatusCode.PERMISSION_DENIED)):
        token = peer.signer.service_token(service)
        call = stub.GetProject(
            messages.GetProjectRequest(), timeout=5, metadata=(("authorization", f"Bearer {token}"),)
        )
        assert await call.code() is code


async def test_a_call_without_a_deadline_is_refused(peer: Peer) -> None:
    refused = await _refused(peer, peer.signer.service_token(), seconds=None)
    assert refused.reason == "DEADLINE_REQUIRED"
    assert _nothing_ran(peer)


async def test_work_is_cancelled_at_the_deadline(peer: Peer) -> None:
    async def slow(_: Work, __: messages.GetPartyRequest) -> messages.GetPartyResponse:
        await asyncio.sleep(30)
        return messages.GetPartyResponse()

    peer.projects.answering = slow
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await _bare(peer, timeout=0.2)
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    await _until_ended(peer)
    assert peer.works.ends == ["rolled back"]


class _Context:
    """A call whose deadline gRPC itself does not enforce."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.aborted_with: grpc.StatusCode | None = None

    def time_remaining(self) -> float:
        return 0.1

    def invocation_metadata(self) -> list[tuple[str, str]]:
        return [("authorization", f"Bearer {self.token}")]

    async def abort(self, code: grpc.StatusCode, *_: object) -> None:
        self.aborted_with = code


async def test_the_door_ends_work_at_the_deadline_by_itself(peer: Peer) -> None:
    async def slow(_: Work, __: messages.GetPartyRequest) -> messages.GetPartyResponse:
        await asyncio.sleep(30)
        return messages.GetPartyResponse()

    peer.projects.answering = slow
    [(_, handlers)] = peer.server._handlers
    context = _Context(peer.signer.service_token())
    async with asyncio.timeout(10):
        await handlers["GetParty"].unary_unary(REQUEST.SerializeToString(), context)
    assert context.aborted_with is grpc.StatusCode.DEADLINE_EXCEEDED
    assert peer.works.ends == ["rolled back"]


async def test_work_is_cancelled_when_the_caller_goes_away(peer: Peer) -> None:
    begun = asyncio.Event()

    async def slow(_: Work, __: messages.GetPartyRequest) -> messages.GetPartyResponse:
        begun.set()
        await asyncio.sleep(30)
        return messages.GetPartyResponse()

    peer.projects.answering = slow
    call = asyncio.create_task(_bare(peer, timeout=20))
    await begun.wait()
    call.cancel()
    await _until_ended(peer)
    assert peer.works.ends == ["rolled back"]


async def test_the_time_that_is_left_is_known_inside_and_nowhere_else(peer: Peer) -> None:
    seen: list[float | None] = []

    async def look(_: Work, __: messages.GetPartyRequest) -> messages.GetPartyResponse:
        seen.append(remaining())
        return messages.GetPartyResponse()

    peer.projects.answering = look
    await _bare(peer, timeout=30)
    assert seen[0] is not None
    assert 20 < seen[0] < 31  # the wire rounds up
    assert remaining() is None


async def test_a_nested_call_gets_no_more_time_than_is_left(peer: Peer) -> None:
    seen: list[float] = []
    second = Peer()
    await second.start()
    channel = second.channel()

    async def inner(_: Work, __: messages.GetPartyRequest) -> messages.GetPartyResponse:
        seen.append(remaining() or 0.0)
        return messages.GetPartyResponse()

    async def outer(_: Work, __: messages.GetPartyRequest) -> messages.GetPartyResponse:
        return await ask(channel, timeout=60)

    second.projects.answering, peer.projects.answering = inner, outer
    await ask(peer.channel(), timeout=10)
    assert 0 < seen[0] < 11
    await second.close()


async def test_a_refusal_comes_out_as_it_is_and_nothing_is_committed(peer: Peer) -> None:
    async def refuse(_: Work, __: messages.GetPartyRequest) -> messages.GetPartyResponse:
        raise NotFound("PROJECT_NOT_FOUND", zh="未找到项目。", en="No such project.", metadata={"a": "b"})

    peer.projects.answering = refuse
    refused = await _refused(peer, peer.signer.service_token())
    assert (refused.reason, refused.zh, refused.metadata) == ("PROJECT_NOT_FOUND", "未找到项目。", {"a": "b"})
    assert peer.works.ends == ["rolled back"]


async def test_an_unknown_exception_leaks_nothing_and_is_logged(peer: Peer) -> None:
    async def fail(_: Work, __: messages.GetPartyRequest) -> messages.GetPartyResponse:
        raise KeyError("password of the database")

    peer.projects.answering = fail
    with capture_logs() as logged, pytest.raises(grpc.aio.AioRpcError) as caught:
        await _bare(peer)
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    shown = f"{caught.value.details()} {caught.value.trailing_metadata()} {caught.value.initial_metadata()}"
    assert "password" not in shown
    assert "KeyError" not in shown
    refused = from_rpc_error(caught.value)
    assert refused is not None
    assert refused.reason == "INTERNAL"
    assert peer.works.ends == ["rolled back"]
    assert [(line["event"], type(line["exc_info"])) for line in logged] == [("rpc.failed", KeyError)]


async def test_a_message_that_cannot_be_read_is_refused_after_the_token(peer: Peer) -> None:
    send: Any = peer.raw().unary_unary(PATH)
    good = (("authorization", f"Bearer {peer.signer.service_token()}"),)
    for metadata, reason in ((good, "REQUEST_MALFORMED"), ((), "TOKEN_MISSING")):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await send(b"\xff\xff\xff\xff", timeout=5, metadata=metadata)
        refused = from_rpc_error(caught.value)
        assert refused is not None
        assert refused.reason == reason
    assert _nothing_ran(peer)


async def test_a_message_beyond_the_bound_is_refused(peer: Peer) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await _bare(peer, request=messages.GetPartyRequest(project_id="x" * 5_000_000))
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert _nothing_ran(peer)


async def test_more_calls_than_the_bound_are_refused_and_the_others_answered() -> None:
    peer = Peer(concurrent=2)
    await peer.start()
    go = asyncio.Event()

    async def wait(_: Work, __: messages.GetPartyRequest) -> messages.GetPartyResponse:
        await go.wait()
        return messages.GetPartyResponse()

    peer.projects.answering = wait
    stub = ProjectDirectoryStub(peer.raw())
    metadata = (("authorization", f"Bearer {peer.signer.service_token()}"),)
    calls = [asyncio.ensure_future(_code(stub.GetParty(REQUEST, timeout=20, metadata=metadata))) for _ in range(5)]
    refused, running = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
    while len(refused) < 3:
        done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        refused |= done
    go.set()
    answered = await asyncio.gather(*running)
    assert {await call for call in refused} == {"RESOURCE_EXHAUSTED"}
    assert list(answered) == ["OK", "OK"]
    await peer.close()


async def _code(call: Any) -> str:
    code: grpc.StatusCode = await call.code()
    return code.name


async def test_many_violations_do_not_lose_the_refusal(peer: Peer) -> None:
    async def refuse(_: Work, __: messages.GetPartyRequest) -> messages.GetPartyResponse:
        raise invalid(*(Violation(f"/lines/{n}", "WRONG", zh="有误" * 50, en="wrong" * 20) for n in range(2000)))

    peer.projects.answering = refuse
    refused = await _refused(peer, peer.signer.service_token())
    assert refused.reason == "INVALID_ARGUMENT"
    assert 100 < len(refused.violations) < 2000
    assert int(refused.metadata["violations_omitted"]) == 2000 - len(refused.violations)


async def test_the_request_id_of_the_caller_is_that_of_the_logs(peer: Peer) -> None:
    seen: list[str] = []

    async def look(_: Work, __: messages.GetPartyRequest) -> messages.GetPartyResponse:
        seen.append(logs.request_id.get())
        return messages.GetPartyResponse()

    peer.projects.answering = look
    token = logs.request_id.set("0199-request")
    await ask(peer.channel())
    logs.request_id.reset(token)
    await ask(peer.channel())
    assert seen == ["0199-request", ""]


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
    running = asyncio.create_task(_bare(peer))
    await begun.wait()
    stopping = asyncio.create_task(peer.server.stop(10))
    assert (await watch.read()).status == NOT_SERVING
    watch.cancel()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await _bare(peer)
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
    running = asyncio.create_task(_bare(peer, timeout=20))
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
    assert len(listed) == 4


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


async def _bare(
    peer: Peer,
    *,
    timeout: float = 5.0,  # noqa: ASYNC109
    request: messages.GetPartyRequest = REQUEST,
) -> messages.GetPartyResponse:
    metadata = (("authorization", f"Bearer {peer.signer.service_token()}"),)
    return await ProjectDirectoryStub(peer.raw()).GetParty(request, timeout=timeout, metadata=metadata)


async def _until_ended(peer: Peer) -> None:
    for _ in range(500):
        if peer.works.ends:
            return
        await asyncio.sleep(0.01)
    pytest.fail("the work goes on")


async def _reflected(peer: Peer) -> set[str]:
    stub = reflection_pb2_grpc.ServerReflectionStub(peer.raw())
    call = stub.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(list_services="")]), timeout=5)
    async for answer in call:
        return {service.name for service in answer.list_services_response.service}
    return set()
