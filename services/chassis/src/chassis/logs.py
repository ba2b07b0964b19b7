"""Logs: one JSON object per line on standard output, joined to traces and requests, without personal data.

`structlog.get_logger(__name__).info("order.approved", order_id=…)` is how the platform logs; the loggers of
uvicorn, alembic, nats and others go through the same processors.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import MutableMapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, BinaryIO

import orjson
import structlog
from opentelemetry import trace

from chassis.redaction import redact

request_id: ContextVar[str] = ContextVar("zhulian_request_id", default="")
"""The id of the request that is being answered; set by the doors."""

Event = MutableMapping[str, Any]

_QUIETER = {"uvicorn.access": logging.WARNING, "asyncio": logging.WARNING, "pgqueuer": logging.WARNING}


def configure(service: str, level: str = "INFO", stream: BinaryIO | None = None) -> None:
    """Send everything that is logged to `stream` (standard output) as JSON lines of `service`."""
    lines = _Lines(service, stream or sys.stdout.buffer)
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, lines.process],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *arguments: _Logger(lines, str(arguments[0]) if arguments else ""),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_Handler(lines)]
    root.setLevel(number)
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True
    for name, least in _QUIETER.items():
        logging.getLogger(name).setLevel(max(number, least))


class _Lines:
    """Completes, redacts and writes events."""

    def __init__(self, service: str, stream: BinaryIO) -> None:
        self._service = service
        self._stream = stream
        self._lock = threading.Lock()

    def process(self, logger: Any, _: str, event: Event) -> Event:
        """The last structlog processor: the event as the keyword arguments of `_Logger`."""
        if isinstance(logger, _Logger) and logger.name:
            event.setdefault("logger", logger.name)
        return self.complete(event)

    def complete(self, event: Event) -> Event:
        """Time, service, request and trace, the exception as text; then nothing personal is left."""
        whole: Event = {"time": datetime.now(UTC).isoformat(), "service": self._service}
        if current := request_id.get():
            whole["request_id"] = current
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            whole["trace_id"] = trace.format_trace_id(span.trace_id)
            whole["span_id"] = trace.format_span_id(span.span_id)
        with_text = structlog.processors.format_exc_info(None, "", event)
        whole.update({name: redact(value, name) for name, value in with_text.items()})
        return whole

    def write(self, event: Event) -> None:
        """One line, at once: a log that waits in a buffer is missing when the process dies."""
        line = orjson.dumps(event, default=str, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS)
        with self._lock:
            self._stream.write(line)
            self._stream.flush()


class _Logger:
    """What structlog calls with the finished event, whatever the level."""

    def __init__(self, lines: _Lines, name: str) -> None:
        self.name = name
        self._lines = lines

    def msg(self, **event: Any) -> None:
        """Write it."""
        self._lines.write(event)

    log = debug = info = warning = warn = error = critical = fatal = exception = msg


class _Handler(logging.Handler):
    """The standard library's loggers, through the same processors."""

    def __init__(self, lines: _Lines) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; of one that cannot be formatted only where it comes from (its values
        may be personal).
        """
        event: Event = {"level": record.levelname.lower(), "logger": record.name}
        try:
            event["event"] = record.getMessage()
            if record.exc_info and record.exc_info[0] is not None:
                event["exc_info"] = record.exc_info
            completed = self._lines.complete(event)
        except Exception as error:  # noqa: BLE001 - logging must never break what it reports on
            completed = self._lines.complete(
                {"event": "log.unformattable", "logger": record.name, "reason": type(error).__name__}
            )
        self._lines.write(completed)
