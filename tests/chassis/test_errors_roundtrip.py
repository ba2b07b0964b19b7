"""Every refusal goes out and back unchanged, over HTTP and over gRPC (design rule 8)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import grpc
import orjson
import pytest
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.errors import ERROR_CLASSES, NotFound, ServiceError, Violation, internal
from chassis.http.problems import from_problem, to_problem
from chassis.rpc.status import from_status, to_status
from chassis.work import Work
from tests.chassis.rpc.peer import Peer
from zhulian.projects.v1 import project_directory_pb2 as messages
from zhulian.projects.v1.project_directory_pb2_grpc import ProjectDirectoryStub

VIOLATIONS = st.builds(
    Violation,
    pointer=st.text(max_size=30),
    code=st.from_regex(r"[A-Z][A-Z_]{2,20}", fullmatch=True),
    zh=st.text(max_size=60),
    en=st.text(max_size=60),
)


@st.composite
def errors(draw: st.DrawFn) -> ServiceError:
    """Any refusal of any class."""
    return draw(st.sampled_from(ERROR_CLASSES))(
        draw(st.from_regex(r"[A-Z][A-Z0-9_]{2,40}", fullmatch=True)),
        zh=draw(st.text(max_size=120)),
        en=draw(st.text(max_size=120)),
        metadata=draw(st.dictionaries(st.text(min_size=1, max_size=20), st.text(max_size=40), max_size=4)),
        violations=draw(st.lists(VIOLATIONS, max_size=5)),
        retry_after=draw(st.none() | st.integers(0, 10**7).map(lambda milliseconds: milliseconds / 1000)),
    )


def _all_of(error: ServiceError | None) -> tuple[object, ...]:
    assert error is not None
    return (
        type(error),
        error.reason,
        error.zh,
        error.en,
        dict(error.metadata),
        list(error.violations),
        error.retry_after,
    )


@given(error=errors(), language=st.sampled_from(["zh-CN", "en"]))
def test_over_http(error: ServiceError, language: str) -> None:
    sent = orjson.dumps(to_problem(error, language, request_id="0199"))
    assert _all_of(from_problem(error.http_status, orjson.loads(sent))) == _all_of(error)


@given(error=errors())
def test_as_a_status(error: ServiceError) -> None:
    sent = to_status(error).SerializeToString()
    assert _all_of(from_status(Status.FromString(sent))) == _all_of(error)


@given(error=errors(), language=st.sampled_from(["zh-CN", "en"]))
def test_from_service_to_service_to_the_user(error: ServiceError, language: str) -> None:
    rebuilt = from_status(to_status(error))
    assert rebuilt is not None
    assert to_problem(rebuilt, language, "0199", "/a") == to_problem(error, language, "0199", "/a")


@pytest.fixture(scope="module")
async def peer() -> AsyncIterator[Peer]:
    running = Peer()
    await running.start()
    yield running
    await running.close()


@given(error=errors())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_over_grpc(peer: Peer, error: ServiceError) -> None:
    async def refuse(_: Work, __: messages.GetPartyRequest) -> messages.GetPartyResponse:
        raise error

    peer.projects.answering = refuse
    peer.tokens.next_tokens = []
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await _asked(peer)
    assert caught.value.code() is error.grpc_code
    trailing = dict(caught.value.trailing_metadata() or ())
    status = Status.FromString(trailing["grpc-status-details-bin"])
    assert _all_of(from_status(status)) == _all_of(error)


async def _asked(peer: Peer) -> messages.GetPartyResponse:
    channel = grpc.aio.insecure_channel(peer.address)
    async with channel:
        metadata = (("authorization", f"Bearer {await peer.tokens.token()}"),)
        return await ProjectDirectoryStub(channel).GetParty(messages.GetPartyRequest(), timeout=5, metadata=metadata)


def test_texts_that_protobuf_cannot_hold_do_not_hide_the_refusal() -> None:
    rebuilt = from_status(to_status(NotFound("GONE", zh="\ud800", en="a\udfffb", metadata={"\ud800": "\ud800"})))
    assert isinstance(rebuilt, NotFound)
    assert (rebuilt.reason, rebuilt.en) == ("GONE", "a?b")


class _OrderNotFound(NotFound):
    """A narrower class of one service."""


def test_a_narrower_class_goes_out_as_the_one_that_everybody_knows() -> None:
    error = _OrderNotFound("ORDER_NOT_FOUND", zh="无", en="none")
    rebuilt = from_status(to_status(error))
    assert type(rebuilt) is NotFound


@pytest.mark.parametrize(
    "status",
    [
        Status(),
        Status(code=5, message="somebody else's"),
        Status(code=5, details=[{"type_url": "type.googleapis.com/google.rpc.ErrorInfo", "value": b"\xff\xff"}]),
        Status(code=13, details=to_status(NotFound("A", zh="", en="")).details),
    ],
    ids=["empty", "no details", "broken details", "a class of another code"],
)
def test_a_status_that_is_not_ours_is_nobodys_error(status: Status) -> None:
    assert from_status(status) is None


def test_an_error_of_another_domain_is_not_ours() -> None:
    status = to_status(internal())
    info = ErrorInfo()
    status.details[0].Unpack(info)
    info.domain = "googleapis.com"
    status.details[0].Pack(info)
    assert from_status(status) is None
