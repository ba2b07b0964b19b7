"""Asking another service: refusals as they were raised, retries only when it is away, never too long."""

from __future__ import annotations

import asyncio
import time

import pytest
from structlog.testing import capture_logs

from chassis.errors import (
    ERROR_CLASSES,
    DeadlineExceeded,
    Internal,
    ServiceError,
    Unauthenticated,
    Unavailable,
)
from chassis.rpc import client
from chassis.rpc.client import Channel
from chassis.rpc.deadline import remaining, within
from chassis.work import Work, write_open
from tests.chassis.rpc.peer import Peer, ask
from zhulian.projects.v1 import project_directory_pb2 as messages


async def hang(_: Work, __: messages.GetPartyRequest) -> messages.GetPartyResponse:
    await asyncio.sleep(30)
    return messages.GetPartyResponse()


def _refuse(peer: Peer, error: ServiceError, *, times: int = 1_000) -> None:
    """The peer refuses so many times, then answers."""
    answer = peer.projects.answering

    async def refuse(work: Work, request: messages.GetPartyRequest) -> messages.GetPartyResponse:
        if peer.projects.asked <= times:
            raise error
        return await answer(work, request)

    peer.projects.answering = refuse


@pytest.mark.parametrize("cls", [cls for cls in ERROR_CLASSES if cls is not Unavailable])
async def test_every_other_refusal_comes_back_as_it_is_and_is_not_tried_again(
    cls: type[ServiceError], peer: Peer
) -> None:
    sent = cls("A_REASON", zh="不行。", en="No.", metadata={"left": "12.50"}, retry_after=0.01)
    _refuse(peer, sent)
    with pytest.raises(ServiceError) as caught:
        await ask(peer.channel())
    assert type(caught.value) is cls
    assert _all_of(caught.value) == _all_of(sent)
    assert peer.projects.asked == 1


async def test_a_service_that_is_away_for_a_moment_is_asked_again(peer: Peer) -> None:
    _refuse(peer, Unavailable("DATABASE_UNAVAILABLE", zh="稍后。", en="Later."), times=2)
    assert (await ask(peer.channel())).roles == ["general_contractor"]
    assert peer.projects.asked == 3


async def test_the_tries_are_bounded_and_the_last_refusal_is_told(peer: Peer) -> None:
    _refuse(peer, Unavailable("DATABASE_UNAVAILABLE", zh="稍后。", en="Later."))
    with pytest.raises(Unavailable, match="DATABASE_UNAVAILABLE"):
        await ask(peer.channel())
    assert peer.projects.asked == client.ATTEMPTS


async def test_a_pause_that_the_peer_asks_for_is_kept_or_nothing_is_tried(peer: Peer) -> None:
    _refuse(peer, Unavailable("BUSY", zh="稍后。", en="Later.", retry_after=0.4), times=1)
    started = time.monotonic()
    await ask(peer.channel())
    assert time.monotonic() - started >= 0.4
    peer.projects.asked = 0
    with pytest.raises(Unavailable, match="BUSY"):
        await ask(peer.channel(), timeout=0.3)
    assert peer.projects.asked == 1


async def test_nobody_listens(peer: Peer) -> None:
    await peer.stop()
    started = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        await ask(peer.channel(), timeout=30)
    assert time.monotonic() - started < 15
    assert (caught.value.reason, caught.value.retry_after) == ("PROJECT_MGMT_UNAVAILABLE", 2.0)
    assert caught.value.metadata == {"service": "project-mgmt"}


async def test_a_peer_that_comes_back_is_found_again_on_the_same_channel(peer: Peer) -> None:
    channel = peer.channel()
    await ask(channel)
    await peer.stop()
    with pytest.raises(Unavailable):
        await ask(channel)
    await peer.start()
    async with asyncio.timeout(20):
        while True:
            try:
                assert (await ask(channel)).roles
            except Unavailable:
                continue
            return


async def test_a_restart_of_the_peer_in_the_middle_is_bridged(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ATTEMPTS", 9)  # on a busy machine the restart may take longer than four tries
    channel = peer.channel()
    await ask(channel)
    await peer.stop()
    asking = asyncio.create_task(ask(channel, timeout=30))
    await asyncio.sleep(0.02)
    await peer.start()
    assert (await asking).roles


async def test_an_answer_that_takes_too_long(peer: Peer) -> None:
    peer.projects.answering = hang
    with pytest.raises(DeadlineExceeded) as caught:
        await ask(peer.channel(), timeout=0.2)
    assert caught.value.reason in {"PROJECT_MGMT_DEADLINE_EXCEEDED", "TOO_SLOW"}
    assert peer.projects.asked == 1


async def test_the_callers_own_deadline_wins(peer: Peer) -> None:
    peer.projects.answering = hang
    started = time.monotonic()
    with within(0.2), pytest.raises(DeadlineExceeded):
        await ask(peer.channel(), timeout=25)
    assert time.monotonic() - started < 15


async def test_when_the_time_is_over_nobody_is_asked(peer: Peer) -> None:
    with within(0.0), pytest.raises(DeadlineExceeded, match="PROJECT_MGMT_DEADLINE_EXCEEDED"):
        await ask(peer.channel())
    assert peer.projects.asked == 0


def test_an_inner_deadline_is_never_later_than_the_outer_one() -> None:
    with within(1):
        with within(100):
            left = remaining()
            assert left is not None
            assert left <= 1
        with within(0.1):
            left = remaining()
            assert left is not None
            assert left <= 0.1
    assert remaining() is None


async def test_asking_inside_a_write_transaction_is_a_fault_of_the_program(peer: Peer) -> None:
    channel = peer.channel()
    token = write_open.set(True)
    try:
        with pytest.raises(AssertionError, match="project-mgmt is asked inside an open write transaction"):
            await ask(channel)
    finally:
        write_open.reset(token)
    assert peer.projects.asked == 0
    await ask(channel)


class _NoTokens:
    """A token source whose Keycloak is away, or slow."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    async def token(self) -> str:
        """None to be had."""
        await asyncio.sleep(self.seconds)
        raise Unavailable("IDENTITY_UNAVAILABLE", zh="稍后。", en="Later.")

    def refused(self, token: str) -> None:
        """Never called."""


async def test_without_a_token_nobody_is_asked(peer: Peer) -> None:
    with pytest.raises(Unavailable, match="IDENTITY_UNAVAILABLE"):
        await ask(peer.channel(_NoTokens(0)))
    with pytest.raises(DeadlineExceeded, match="PROJECT_MGMT_DEADLINE_EXCEEDED"):
        await ask(peer.channel(_NoTokens(30)), timeout=0.1)
    assert peer.projects.asked == 0


async def test_a_token_that_is_not_taken_is_exchanged_once(peer: Peer) -> None:
    stale = peer.signer.service_token(iat=1, exp=2)
    peer.tokens.next_tokens = [stale]
    await ask(peer.channel())
    assert peer.tokens.refusals == [stale]


async def test_our_own_bad_token_is_no_401_for_the_user(peer: Peer) -> None:
    stale = peer.signer.service_token(iat=1, exp=2)
    peer.tokens.next_tokens = [stale] * 3
    with capture_logs() as logged, pytest.raises(Internal, match="INTERNAL"):
        await ask(peer.channel())
    assert [line["reason"] for line in logged if line["event"] == "rpc.token_refused"] == ["TOKEN_EXPIRED"] * 2
    assert len(peer.tokens.next_tokens) == 1


async def test_a_401_that_the_use_case_means_is_told(peer: Peer) -> None:
    _refuse(peer, Unauthenticated("DEVICE_UNKNOWN", zh="未知设备。", en="Unknown device."))
    with pytest.raises(Unauthenticated, match="DEVICE_UNKNOWN"):
        await ask(peer.channel())


async def test_a_method_that_the_peer_does_not_have_is_our_fault(peer: Peer) -> None:
    from zhulian.labour.v1 import labour_directory_pb2, labour_directory_pb2_grpc

    with capture_logs() as logged, pytest.raises(Internal):
        await peer.channel().call(
            labour_directory_pb2_grpc.LabourDirectoryStub,
            "GetPresence",
            labour_directory_pb2.GetPresenceRequest(),
        )
    assert [line["code"] for line in logged] == ["UNIMPLEMENTED"]


async def test_a_busy_peer(peer: Peer) -> None:
    with pytest.raises(ServiceError, match="PROJECT_MGMT_BUSY") as caught:
        await ask(peer.channel(), project_id="x" * 5_000_000)
    assert caught.value.http_status == 429


async def test_who_gives_up_waiting_stops_the_work_there(peer: Peer) -> None:
    peer.projects.answering = hang
    call = asyncio.create_task(ask(peer.channel(), timeout=20))
    await asked(peer)
    call.cancel()
    for _ in range(200):
        if peer.works.ends:
            break
        await asyncio.sleep(0.01)
    assert peer.works.ends == ["rolled back"]


def test_a_channel_needs_a_running_loop_and_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = _NoTokens(0)
    with pytest.raises(RuntimeError):
        Channel("127.0.0.1:1", tokens, "labour")
    with pytest.raises(ValueError, match="labour"):
        Channel("", tokens, "labour")


async def asked(peer: Peer) -> None:
    for _ in range(500):
        if peer.projects.asked:
            return
        await asyncio.sleep(0.01)
    pytest.fail("the peer was not asked")


def _all_of(error: ServiceError) -> tuple[object, ...]:
    return (
        error.reason,
        error.zh,
        error.en,
        dict(error.metadata),
        list(error.violations),
        error.retry_after,
    )
