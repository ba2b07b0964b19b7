"""The gRPC door: who gets in, how long, and what comes out when it goes wrong."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest
from structlog.testing import capture_logs

from chassis import logs
from chassis.errors import NotFound, ServiceError, Violation, invalid
from chassis.identity import service_principal
from chassis.rpc.deadline import remaining
from chassis.rpc.status import from_rpc_error
from chassis.work import Work
from tests.chassis.rpc.peer import PATH, Peer, ask, bare, until_ended
from tests.chassis.token_corpus import INTERNAL_CASES, Case
from zhulian.projects.v1 import project_directory_pb2 as messages
from zhulian.projects.v1.project_directory_pb2_grpc import ProjectDirectoryStub

REQUEST = messages.GetPartyRequest(project_id="p")


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
        await bare(peer, timeout=0.2)
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    await until_ended(peer)
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
    call = asyncio.create_task(bare(peer, timeout=20))
    await begun.wait()
    call.cancel()
    await until_ended(peer)
    assert peer.works.ends == ["rolled back"]


async def test_the_time_that_is_left_is_known_inside_and_nowhere_else(peer: Peer) -> None:
    seen: list[float | None] = []

    async def look(_: Work, __: messages.GetPartyRequest) -> messages.GetPartyResponse:
        seen.append(remaining())
        return messages.GetPartyResponse()

    peer.projects.answering = look
    await bare(peer, timeout=30)
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
        await bare(peer)
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
        await bare(peer, request=messages.GetPartyRequest(project_id="x" * 5_000_000))
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
