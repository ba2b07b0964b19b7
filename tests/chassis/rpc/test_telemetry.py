"""One trace from the caller through the call to what the other service does (design rule 14)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from chassis import metrics, telemetry
from chassis.errors import NotFound, ServiceError
from chassis.spans import Recorder
from chassis.work import Work
from tests.chassis.rpc.peer import PATH, Peer, ask
from zhulian.projects.v1 import project_directory_pb2 as messages

Spans = Callable[[], dict[SpanKind, ReadableSpan]]


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[Spans]:
    """What has ended until now, by kind."""
    exporter = InMemorySpanExporter()
    processor = BatchSpanProcessor(exporter)
    monkeypatch.setattr(telemetry, "_recorder", Recorder(processor, Resource.create({}), 1.0))

    def ended() -> dict[SpanKind, ReadableSpan]:
        processor.force_flush()
        return {span.kind: span for span in exporter.get_finished_spans()}

    yield ended
    processor.shutdown()  # type: ignore[no-untyped-call]


async def test_the_answering_side_is_in_the_callers_trace(peer: Peer, spans: Spans) -> None:
    inside: list[str | None] = []

    async def look(_: Work, __: messages.GetPartyRequest) -> messages.GetPartyResponse:
        inside.append(telemetry.trace_id())
        return messages.GetPartyResponse()

    peer.projects.answering = look
    with telemetry.span("a use case"):
        trace_id = telemetry.trace_id()
        await ask(peer.channel())
    found = spans()
    server, client, outer = found[SpanKind.SERVER], found[SpanKind.CLIENT], found[SpanKind.INTERNAL]
    assert inside == [trace_id]
    assert server.parent is not None
    assert server.parent.span_id == client.context.span_id
    assert client.parent is not None
    assert client.parent.span_id == outer.context.span_id
    assert (server.name, client.name) == (PATH[1:], "project-mgmt/GetParty")
    assert server.attributes is not None
    assert server.attributes["rpc.grpc.status_code"] == 0


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (NotFound("PROJECT_NOT_FOUND", zh="", en=""), 5, StatusCode.UNSET),
        (KeyError("secret"), 13, StatusCode.ERROR),
    ],
    ids=["a refusal", "a fault"],
)
async def test_only_a_fault_of_the_answering_side_marks_its_span(
    peer: Peer, spans: Spans, error: Exception, code: int, status: StatusCode
) -> None:
    async def fail(_: Work, __: messages.GetPartyRequest) -> messages.GetPartyResponse:
        raise error

    peer.projects.answering = fail
    with pytest.raises(ServiceError):
        await ask(peer.channel())
    server = spans()[SpanKind.SERVER]
    assert server.attributes is not None
    assert server.attributes["rpc.grpc.status_code"] == code
    assert server.status.status_code is status
    assert "secret" not in f"{server.attributes}{server.status.description}{server.events}"


async def test_a_call_without_a_trace_begins_one(peer: Peer, spans: Spans) -> None:
    await ask(peer.channel())
    found = spans()
    assert found[SpanKind.CLIENT].parent is None
    assert found[SpanKind.SERVER].context.trace_id == found[SpanKind.CLIENT].context.trace_id


async def test_the_time_of_a_call_is_measured(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[tuple[float, dict[str, object]]] = []

    class Histogram:
        def record(self, seconds: float, attributes: dict[str, object]) -> None:
            measured.append((seconds, attributes))

    monkeypatch.setattr(metrics, "rpc_seconds", Histogram())
    await ask(peer.channel())
    [(seconds, attributes)] = measured
    assert 0 < seconds < 5
    assert attributes == {"method": PATH[1:], "code": "OK"}
