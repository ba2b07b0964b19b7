"""Spans and metrics as JSON lines in a file, for a machine without a collector; two files of
bounded size each.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from opentelemetry.sdk.metrics.export import (
    HistogramDataPoint,
    MetricExporter,
    MetricExportResult,
    MetricsData,
    NumberDataPoint,
)
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import format_span_id, format_trace_id

LARGEST_FILE = 64 * 1024 * 1024


class LineFile:
    """Appends JSON lines; a full file becomes `<name>.1`, in the place of the one before it."""

    def __init__(self, path: Path, largest: int = LARGEST_FILE) -> None:
        self._path = path
        self._largest = largest

    def append(self, records: Sequence[dict[str, Any]]) -> None:
        """Write all records in one go; opened each time, so that the file may be moved or deleted
        meanwhile.
        """
        lines = b"".join(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records)
        with self._path.open("ab") as file:
            file.write(lines)
            size = file.tell()
        if size > self._largest:
            self._path.replace(self._path.with_name(self._path.name + ".1"))


class SpanFile(SpanExporter):
    """One line per span: service, name, kind, trace_id, span_id, parent_id, start, duration_ms,
    status, attributes.
    """

    def __init__(self, path: Path, service: str, largest: int = LARGEST_FILE) -> None:
        self._file = LineFile(path, largest)
        self._service = service

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Append a batch; a full disk loses spans, not requests."""
        try:
            self._file.append([self._record(span) for span in spans])
        except OSError:
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS

    def _record(self, span: ReadableSpan) -> dict[str, Any]:
        context = span.get_span_context()
        start, end = span.start_time or 0, span.end_time or 0
        return {
            "service": self._service,
            "name": span.name,
            "kind": span.kind.name.lower(),
            "trace_id": format_trace_id(context.trace_id) if context else "",
            "span_id": format_span_id(context.span_id) if context else "",
            "parent_id": format_span_id(span.parent.span_id) if span.parent else "",
            "start": _text(start),
            "duration_ms": round((end - start) / 1e6, 3),
            "status": span.status.status_code.name.lower(),
            "reason": span.status.description or "",
            "attributes": dict(span.attributes or {}),
            "links": [format_trace_id(link.context.trace_id) for link in span.links],
        }


class MetricFile(MetricExporter):
    """One line per data point: service, metric, time, attributes, and value or count, sum and buckets."""

    def __init__(self, path: Path, service: str, largest: int = LARGEST_FILE) -> None:
        super().__init__()
        self._file = LineFile(path, largest)
        self._service = service

    def export(
        self,
        metrics_data: MetricsData,
        timeout_millis: float = 10_000,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> MetricExportResult:
        """Append one collection; a full disk loses measurements, not requests."""
        records = [
            {"service": self._service, "metric": metric.name, **_point(point)}
            for resource in metrics_data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            for point in metric.data.data_points
        ]
        try:
            self._file.append(records)
        except OSError:
            return MetricExportResult.FAILURE
        return MetricExportResult.SUCCESS

    def force_flush(self, timeout_millis: float = 10_000) -> bool:  # noqa: ARG002 - the interface's name
        """Nothing is kept back."""
        return True

    def shutdown(self, timeout_millis: float = 30_000, **kwargs: Any) -> None:
        """Nothing to close."""


def _point(point: Any) -> dict[str, Any]:
    record = {"time": _text(point.time_unix_nano), "attributes": dict(point.attributes or {})}
    if isinstance(point, HistogramDataPoint):
        return record | {
            "count": point.count,
            "sum": point.sum,
            "bounds": list(point.explicit_bounds),
            "buckets": list(point.bucket_counts),
        }
    if isinstance(point, NumberDataPoint):
        return record | {"value": point.value}
    return record


def _text(nanoseconds: int) -> str:
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC).isoformat()
