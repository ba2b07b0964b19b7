"""Traces: set-up, and the few kinds of spans that the doors make (design rule 14).

Context travels as W3C `traceparent` in HTTP headers, gRPC metadata, NATS headers, outbox rows and job
headers. Spans carry templates and codes, never paths with ids, query strings or messages of exceptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager, contextmanager

from opentelemetry import context as otel_context
from opentelemetry import metrics as otel_metrics
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanKind, StatusCode

from chassis import metrics
from chassis.errors import ServiceError
from chassis.redaction import redact_text
from chassis.settings import TelemetrySettings
from chassis.spans import LightSpan, Recorder, parse_traceparent, traceparent_of
from chassis.telemetry_files import MetricFile, SpanFile

Attribute = str | int | float | bool

_recorder = Recorder(None, Resource.create({}), 0.0)
"""Of the process; without `configure` traces go through and nothing is kept."""


class Telemetry:
    """What `configure` set up; `shutdown` writes what is still in memory."""

    def __init__(self, tracing: TracerProvider, metering: MeterProvider, recorder: Recorder) -> None:
        self.tracing = tracing
        self.metering = metering
        self.recorder = recorder

    def flush(self) -> None:
        """Write now what was collected."""
        self.tracing.force_flush()
        self.metering.force_flush()

    def shutdown(self) -> None:
        """Write the rest; nothing is recorded afterwards."""
        self.tracing.shutdown()
        self.metering.shutdown()


def configure(service: str, settings: TelemetrySettings) -> Telemetry:
    """Set the process's providers. Once per process, after the fork and before the first request."""
    global _recorder
    made = build(service, settings)
    _recorder = made.recorder
    trace.set_tracer_provider(made.tracing)
    otel_metrics.set_meter_provider(made.metering)
    return made


def build(service: str, settings: TelemetrySettings) -> Telemetry:
    """The providers that `configure` sets; tests use them without making them the process's."""
    resource = Resource.create({"service.name": service, "service.namespace": "zhulian"})
    # The provider is for libraries that trace by themselves; ours are LightSpans, into the same processor.
    tracing = TracerProvider(sampler=ParentBased(TraceIdRatioBased(settings.trace_ratio)), resource=resource)
    spans, measurements = _exporters(service, settings)
    processor = None if spans is None else BatchSpanProcessor(spans, schedule_delay_millis=1000)
    if processor is not None:
        tracing.add_span_processor(processor)
    readers = []
    if measurements is not None:
        readers.append(PeriodicExportingMetricReader(measurements, settings.metrics_interval * 1000))
    metering = MeterProvider(metric_readers=readers, resource=resource)
    return Telemetry(tracing, metering, Recorder(processor, resource, settings.trace_ratio))


def _exporters(service: str, settings: TelemetrySettings) -> tuple[SpanExporter | None, MetricExporter | None]:
    if settings.otlp_endpoint:
        # Imported here: the exporter costs 20 MB of memory, which a process without a collector need not
        # have.
        from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter(settings.otlp_endpoint), OTLPMetricExporter(settings.otlp_endpoint)
    if settings.telemetry_dir is not None:
        folder = settings.telemetry_dir
        folder.mkdir(parents=True, exist_ok=True)
        return (
            SpanFile(folder / f"{service}.spans.jsonl", service),
            MetricFile(folder / f"{service}.metrics.jsonl", service),
        )
    return None, None


def inject(headers: MutableMapping[str, str]) -> None:
    """Write the current `traceparent` into headers or metadata; nothing outside a trace."""
    current = traceparent()
    if current is not None:
        headers["traceparent"] = current


def extract(headers: Mapping[str, str] | None) -> Context:
    """The context that the sender of these headers (lower-case names) was in; an empty one without it.

    Empty, not the current one: what runs here now has nothing to do with the message.
    """
    sender = parse_traceparent((headers or {}).get("traceparent"))
    return Context() if sender is None else trace.set_span_in_context(NonRecordingSpan(sender), Context())


def traceparent() -> str | None:
    """The current context as W3C text; None outside a trace."""
    current = trace.get_current_span().get_span_context()
    return traceparent_of(current) if current.is_valid else None


def trace_id() -> str | None:
    """The current trace's id (32 hex digits); None outside a trace."""
    current = trace.get_current_span().get_span_context()
    return trace.format_trace_id(current.trace_id) if current.is_valid else None


@contextmanager
def span(
    name: str,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Mapping[str, Attribute] | None = None,
    *,
    parent: Context | str | None = None,
    links: tuple[str, ...] = (),
) -> Iterator[Span]:
    """A span around a block; an exception marks it with its class or reason and goes on.

    `parent` is a context or a traceparent (an empty one begins a new trace); None means the current context.
    `links` are traceparents.
    """
    sender = parse_traceparent(parent) if isinstance(parent, str) else trace.get_current_span(parent).get_span_context()
    made = LightSpan(_recorder, name, kind, sender, tuple(Link(one) for one in map(parse_traceparent, links) if one))
    if attributes and made.is_recording():
        made.set_attributes({key: _clean(value) for key, value in attributes.items()})
    token = otel_context.attach(trace.set_span_in_context(made, None if parent is None else Context()))
    try:
        yield made
    except BaseException as error:
        fail(made, error)
        raise
    finally:
        otel_context.detach(token)
        made.end()


def fail(failed: Span, error: BaseException) -> None:
    """Mark a span as failed. The message of an exception may hold personal data, so it stays out."""
    reason = error.reason if isinstance(error, ServiceError) else type(error).__name__
    failed.set_status(StatusCode.ERROR, reason)


def published(subject: str, origin: str | None) -> AbstractContextManager[Span]:
    """A producer's span: a fact on its way into the stream, in the trace of the transaction that
    made it true.
    """
    return span(f"publish {subject}", SpanKind.PRODUCER, {"messaging.destination": subject}, parent=origin)


def consumed(durable: str, headers: Mapping[str, str] | None) -> AbstractContextManager[Span]:
    """A consumer's span, in the trace of the fact."""
    return span(f"apply {durable}", SpanKind.CONSUMER, {"messaging.consumer": durable}, parent=extract(headers))


def server_span(method: str, origin: str | None) -> AbstractContextManager[Span]:
    """The span of one HTTP request; `finish_server_span` completes it when route and status are known."""
    return span(method, SpanKind.SERVER, parent=origin or "")


def finish_server_span(made: Span, method: str, route: str, status: int | None) -> None:
    """Name, route and status of a request's span; 5xx and no answer at all are errors."""
    if not made.is_recording():
        return
    made.update_name(f"{method} {route}")
    made.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status or 0})
    if status is None or status >= 500:
        made.set_status(StatusCode.ERROR)


def request_seconds(seconds: float, method: str, route: str, status: int | None) -> None:
    """Measure one HTTP request."""
    metrics.request_seconds.record(seconds, {"method": method, "route": route, "status": status or 0})


def _link(origin: str) -> Link:
    return Link(trace.get_current_span(extract({"traceparent": origin})).get_span_context())


def _clean(value: Attribute) -> Attribute:
    return redact_text(value) if isinstance(value, str) else value
