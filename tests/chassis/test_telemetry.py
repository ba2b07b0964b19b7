"""Traces go on through every kind of header; files hold what a person needs and nothing personal."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import pytest
from opentelemetry.trace import SpanKind

from chassis import telemetry
from chassis.errors import NotFound
from chassis.settings import TelemetrySettings
from chassis.telemetry import Telemetry
from chassis.telemetry_files import LineFile
from tests.chassis.http.sample import ORDERS, Service, client

Record = dict[str, object]
PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
UNSAMPLED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"


class Recorded:
    """Telemetry of its own, and the spans that it has written."""

    def __init__(self, made: Telemetry, path: Path) -> None:
        self._made = made
        self._path = path

    def spans(self) -> list[Record]:
        self._made.tracing.force_flush()
        return [orjson.loads(line) for line in self._path.read_bytes().splitlines()] if self._path.exists() else []


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorded]:
    made = telemetry.build("orders", TelemetrySettings(telemetry_dir=tmp_path, trace_ratio=1.0))
    monkeypatch.setattr(telemetry, "_recorder", made.recorder)
    yield Recorded(made, tmp_path / "orders.spans.jsonl")
    made.shutdown()


def test_outside_a_trace_there_is_nothing_to_send() -> None:
    headers: dict[str, str] = {}
    telemetry.inject(headers)
    assert headers == {}
    assert telemetry.traceparent() is None
    assert telemetry.trace_id() is None


def test_a_trace_goes_on_through_headers_rows_and_messages(recorded: Recorded) -> None:
    headers: dict[str, str] = {}
    with telemetry.server_span("POST", PARENT):
        row = telemetry.traceparent()
        assert telemetry.trace_id() == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert telemetry.traceparent() is None
    with telemetry.published("zhulian.procurement.orders.approved.v1", row):
        telemetry.inject(headers)
    with telemetry.consumed("project-mgmt--orders-approved", headers):
        pass
    request, publish, consume = recorded.spans()
    assert {span["trace_id"] for span in (request, publish, consume)} == {"4bf92f3577b34da6a3ce929d0e0e4736"}
    assert request["parent_id"] == "00f067aa0ba902b7"
    assert publish["parent_id"] == request["span_id"]
    assert consume["parent_id"] == publish["span_id"]
    assert [span["kind"] for span in (request, publish, consume)] == ["server", "producer", "consumer"]


def test_a_message_without_a_trace_begins_its_own(recorded: Recorded) -> None:
    with telemetry.span("around"), telemetry.consumed("labour--projects-changed", None):
        pass
    inner, outer = recorded.spans()
    assert inner["trace_id"] != outer["trace_id"]
    assert inner["parent_id"] == ""


def test_links_name_other_traces(recorded: Recorded) -> None:
    with telemetry.span("batch", links=(PARENT,)):
        pass
    assert recorded.spans()[0]["links"] == ["4bf92f3577b34da6a3ce929d0e0e4736"]


def test_a_failure_is_marked_without_its_words(recorded: Recorded) -> None:
    error = NotFound("WORKER_UNKNOWN", zh="", en="no worker 11010519491231002X")
    with pytest.raises(NotFound), telemetry.span("look", attributes={"who": "11010519491231002X"}):
        raise error
    with pytest.raises(ValueError, match="card"), telemetry.span("look"):
        raise ValueError("card 6222021234567890123")
    first, second = recorded.spans()
    assert (first["status"], first["reason"]) == ("error", "WORKER_UNKNOWN")
    assert (second["status"], second["reason"]) == ("error", "ValueError")
    assert first["attributes"] == {"who": "***"}
    assert "6222021234567890123" not in orjson.dumps([first, second]).decode()


def test_the_sender_decides_whether_a_trace_is_recorded(recorded: Recorded) -> None:
    with telemetry.span("quiet", SpanKind.SERVER, parent=UNSAMPLED) as span:
        assert not span.is_recording()
        assert telemetry.traceparent() is not None, "the decision travels on"
    assert recorded.spans() == []


async def test_a_request_is_one_span_with_the_template_of_its_path(recorded: Recorded) -> None:
    service = Service()
    path = f"{ORDERS}/0199c0de-7a11-7000-8000-1d3a51f2c0de"
    async with client(service.app()) as caller:
        await caller.get(path, headers={"traceparent": PARENT})
        await caller.get(f"{ORDERS}?state=11010519491231002X")
        await caller.get("/nowhere/11010519491231002X")
        await caller.get("/livez")
    spans = recorded.spans()
    assert [span["name"] for span in spans] == [f"GET {ORDERS}/{{order_id}}", f"GET {ORDERS}", "GET unmatched"]
    assert spans[0]["parent_id"] == "00f067aa0ba902b7"
    assert spans[0]["attributes"] == {
        "http.request.method": "GET",
        "http.route": ORDERS + "/{order_id}",
        "http.response.status_code": 200,
    }
    assert "11010519491231002X" not in orjson.dumps(spans).decode()


async def test_a_failed_request_is_a_failed_span(recorded: Recorded) -> None:
    service = Service()
    service.failure = ConnectionResetError()
    async with client(service.app()) as caller:
        assert (await caller.get(f"{ORDERS}/0199c0de-7a11-7000-8000-1d3a51f2c0de")).status_code == 503
        assert isinstance(await caller.get("/nowhere"), httpx.Response)
    assert [span["status"] for span in recorded.spans()] == ["error", "unset"]


PROCESS = """
import sys
from pathlib import Path
from chassis import metrics, telemetry
from chassis.settings import TelemetrySettings
made = telemetry.configure("labour", TelemetrySettings(telemetry_dir=Path(sys.argv[1])))
with telemetry.span("work"):
    metrics.outbox_lag_seconds.set(1.5)
    metrics.consumer_lag.set(3, {"consumer": "a--b"})
    metrics.dead_letters.set(0, {"consumer": "a--b"})
    metrics.jobs.add(2, {"job": "j", "outcome": "done"})
    telemetry.request_seconds(0.02, "GET", "/r", 200)
made.shutdown()
"""


def test_a_process_without_a_collector_writes_files(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", PROCESS, str(tmp_path)], check=True, timeout=30)
    [span] = [orjson.loads(line) for line in (tmp_path / "labour.spans.jsonl").read_bytes().splitlines()]
    assert (span["service"], span["name"]) == ("labour", "work")
    points = [orjson.loads(line) for line in (tmp_path / "labour.metrics.jsonl").read_bytes().splitlines()]
    values = {point["metric"]: point for point in points}
    assert values["zhulian_outbox_lag_seconds"]["value"] == 1.5
    assert values["zhulian_consumer_lag"]["attributes"] == {"consumer": "a--b"}
    assert values["zhulian_dead_letters"]["value"] == 0
    assert values["zhulian_jobs"]["value"] == 2
    assert values["zhulian_request_seconds"]["count"] == 1
    assert values["zhulian_request_seconds"]["attributes"] == {"method": "GET", "route": "/r", "status": 200}


def test_with_a_collector_nothing_goes_to_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317")
    settings = TelemetrySettings(telemetry_dir=tmp_path)
    assert settings.otlp_endpoint == "http://127.0.0.1:4317"
    spans, measurements = telemetry._exporters("labour", settings)
    assert type(spans).__name__ == "OTLPSpanExporter"
    assert type(measurements).__name__ == "OTLPMetricExporter"
    assert spans is not None
    assert measurements is not None
    spans.shutdown()
    measurements.shutdown()


def test_without_either_nothing_is_kept(tmp_path: Path) -> None:
    assert telemetry._exporters("labour", TelemetrySettings()) == (None, None)


def test_a_full_file_makes_room_for_the_next(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    file = LineFile(path, largest=100)
    for number in range(30):
        file.append([{"number": number, "text": "x" * 20}])
    assert path.stat().st_size <= 140 if path.exists() else True
    assert (tmp_path / "a.jsonl.1").stat().st_size <= 140
    assert {one.name for one in tmp_path.iterdir()} <= {"a.jsonl", "a.jsonl.1"}
