"""Spans that cost a few microseconds.

The SDK's own span takes a lock for each attribute and 25 to 40 µs in all, a tenth of a write through the
gateway, which has three of them (measured on this stack; docs/performance.md). `LightSpan` keeps plain values
and hands them to the SDK's batch processor when it ends, so exporters see what they always see. Ids, sampling
and W3C text are the standard's.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from time import time_ns

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.util.types import Attributes, AttributeValue

_SCOPE = InstrumentationScope("zhulian")
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)
_DROPPED = TraceFlags(TraceFlags.DEFAULT)
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_NONE: Mapping[str, AttributeValue] = {}
_ids = random.Random(random.SystemRandom().getrandbits(128))  # noqa: S311 - ids of spans are no secrets
_RATIO_BITS = 1 << 64


def parse_traceparent(text: str | None) -> SpanContext | None:
    """The sender's context; None for none and for nonsense (W3C Trace Context, version 00)."""
    match = _TRACEPARENT.fullmatch(text) if text else None
    if match is None:
        return None
    context = SpanContext(int(match[1], 16), int(match[2], 16), True, _SAMPLED if int(match[3], 16) & 1 else _DROPPED)
    return context if context.is_valid else None


def traceparent_of(context: SpanContext) -> str:
    """The W3C text of a context."""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"


class Recorder:
    """Where spans of this process end. Without a processor nothing is kept, but traces go on through."""

    def __init__(self, processor: BatchSpanProcessor | None, resource: Resource, ratio: float) -> None:
        self.processor = processor
        self.resource = resource
        self._bound = round(ratio * _RATIO_BITS)

    def context(self, parent: SpanContext | None) -> SpanContext:
        """A new span's context: the parent's trace and decision, else a new trace of which
        `ratio` is recorded.
        """
        span_id = _ids.getrandbits(64) or 1
        if parent is not None and parent.is_valid:
            return SpanContext(parent.trace_id, span_id, False, parent.trace_flags)
        trace_id = _ids.getrandbits(128) or 1
        recorded = self.processor is not None and trace_id % _RATIO_BITS < self._bound
        return SpanContext(trace_id, span_id, False, _SAMPLED if recorded else _DROPPED)


class LightSpan(NonRecordingSpan):
    """A span with plain values. For one task: it has no lock."""

    def __init__(
        self,
        recorder: Recorder,
        name: str,
        kind: SpanKind,
        parent: SpanContext | None,
        links: tuple[Link, ...] = (),
    ) -> None:
        super().__init__(recorder.context(parent))
        self._recorder = recorder
        self._name = name
        self._kind = kind
        self._parent = parent if parent is not None and parent.is_valid else None
        self._links = links
        self._attributes: dict[str, AttributeValue] = {}
        self._status = Status(StatusCode.UNSET)
        self._start = time_ns()
        self._recording = recorder.processor is not None and bool(self._context.trace_flags & TraceFlags.SAMPLED)

    def is_recording(self) -> bool:
        """Whether anything that is set here will be seen."""
        return self._recording

    def update_name(self, name: str) -> None:
        """Another name."""
        self._name = name

    def set_attribute(self, key: str, value: AttributeValue) -> None:
        """One more attribute."""
        self._attributes[key] = value

    def set_attributes(self, attributes: Mapping[str, AttributeValue]) -> None:
        """Several attributes."""
        self._attributes.update(attributes)

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        """How it ended."""
        self._status = status if isinstance(status, Status) else Status(status, description)

    def end(self, end_time: int | None = None) -> None:
        """Hand the span over; a second call does nothing."""
        processor = self._recorder.processor
        if not self._recording or processor is None:
            return
        self._recording = False
        attributes: Attributes = self._attributes or _NONE
        processor.on_end(
            ReadableSpan(
                self._name,
                context=self._context,
                parent=self._parent,
                resource=self._recorder.resource,
                attributes=attributes,
                links=self._links,
                kind=self._kind,
                status=self._status,
                start_time=self._start,
                end_time=end_time or time_ns(),
                instrumentation_scope=_SCOPE,
            )
        )
