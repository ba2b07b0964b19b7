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
from opentelemetry.trace import Link, Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from chassis import metrics
from chassis.errors import ServiceError
from chassis.redaction import redact_text
from chassis.settings import TelemetrySettings
from chassis.telemetry_files import MetricFile, SpanFile

Attribute = str | int | float | bool

_W3C = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("zhulian")


class Telemetry:
    """What `configure` set up; `shutdown` writes what is still in memory."""

    def __init__(self, tracing: TracerProvider, metering: MeterProvider) -> None:
        self.tracing = tracing
        self.metering = metering

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
    made = build(service, settings)
    trace.set_tracer_provider(made.tracing)
    otel_metrics.set_meter_provider(made.metering)
    return made


def build(service: str, settings: TelemetrySettings) -> Telemetry:
    """The providers that `configure` sets; tests use them without making them the process's."""
    resource = Resource.create({"service.name": service, "service.namespace": "zhulian"})
    tracing = TracerProvider(sampler=ParentBased(TraceIdRatioBased(settings.trace_ratio)), resource=resource)
    spans, measurements = _exporters(service, settings)
    if spans is not None:
        tracing.add_span_processor(BatchSpanProcessor(spans, schedule_delay_millis=1000))
    readers = []
    if measurements is not None:
        readers.append(PeriodicExportingMetricReader(measurements, settings.metrics_interval * 1000))
    return Telemetry(tracing, MeterProvider(metric_readers=readers, resource=resource))


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
    _W3C.inject(headers)


def extract(headers: Mapping[str, str] | None) -> Context:
    """The context that the sender of these headers (lower-case names) was in; an empty one without it.

    Empty, not the current one: what runs here now has nothing to do with the message.
    """
    return _W3C.extract(headers or {}, context=Context())


def traceparent() -> str | None:
    """The current context as W3C text; None outside a trace."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get("traceparent")


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

    `parent` is a context or a traceparent; None means the current context. `links` are traceparents.
    """
    context = extract({"traceparent": parent}) if isinstance(parent, str) else parent
    made = _tracer.start_span(
        name,
        context=context,
        kind=kind,
        attributes={key: _clean(value) for key, value in (attributes or {}).items()},
        links=[Link(trace.get_current_span(extract({"traceparent": one})).get_span_context()) for one in links],
    )
    token = otel_context.attach(trace.set_span_in_context(made, context))
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


@contextmanager
def server_span(method: str, origin: str | None) -> Iterator[Span]:
    """The span of one HTTP request; `finish_server_span` completes it when route and status are known."""
    context = extract({"traceparent": origin}) if origin else Context()
    made = _tracer.start_span(method, context=context, kind=SpanKind.SERVER)
    token = otel_context.attach(trace.set_span_in_context(made, context))
    try:
        yield made
    finally:
        otel_context.detach(token)
        made.end()


def finish_server_span(made: Span, method: str, route: str, status: int | None) -> None:
    """Name, route and status of a request's span; 5xx and no answer at all are errors."""
    if not made.is_recording():
        return
    made.update_name(f"{method} {route}")
    made.set_attribute("http.request.method", method)
    made.set_attribute("http.route", route)
    if status is not None:
        made.set_attribute("http.response.status_code", status)
    if status is None or status >= 500:
        made.set_status(StatusCode.ERROR)


def request_seconds(seconds: float, method: str, route: str, status: int | None) -> None:
    """Measure one HTTP request."""
    metrics.request_seconds.record(seconds, {"method": method, "route": route, "status": status or 0})


def _link(origin: str) -> Link:
    return Link(trace.get_current_span(extract({"traceparent": origin})).get_span_context())


def _clean(value: Attribute) -> Attribute:
    return redact_text(value) if isinstance(value, str) else value
