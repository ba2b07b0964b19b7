"""One JSON line per event, joined to request and trace, and never a number of a person or a secret in it."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import TracerProvider

from chassis import logs
from chassis.redaction import LONGEST, redact, redact_text

IDENTITY_NUMBER = "11010519491231002X"
BANK_CARD = "6222021234567890123"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.c2lnbmF0dXJl"
SECRETS = (
    IDENTITY_NUMBER,
    "11010519491231002x",
    "110105491231002",
    BANK_CARD,
    "6222 0212 3456 7890 123",
    "6222-0212-3456-7890",
    "13812345678",
    "+86 138 1234 5678",
    f"Bearer {JWT}",
    "bearer 0a1b2c3d4e5f",
    "Basic dXNlcjpwYXNzd29yZA==",
    JWT,
    'client_secret="s3cr3t-value"',
    "password=hunter2",
    "api_key: abcdef123456",
    '"access_token": "opaque-token-value"',
    "postgresql://labour_runtime:p4ssw0rd@127.0.0.1:5432/labour",
)
HARMLESS = (
    "0199c0de-7a11-7000-8000-1d3a51f2c0de",
    "00000000-0000-0000-0000-000000000000",
    "4bf92f3577b34da6a3ce929d0e0e4736",
    "91350100M000100Y43",
    "2026-11-23T08:00:00.123456+08:00",
    "1234567.890000",
    "zhulian.procurement.orders.approved.v1",
    "127.0.0.1:5432",
    "GET /procurement/v1/orders/{order_id}",
)


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    stream = io.BytesIO()
    root = logging.getLogger()
    before = root.handlers, root.level
    logs.configure("labour", "INFO", stream)
    yield lambda: [orjson.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers, level = before
    root.setLevel(level)
    structlog.reset_defaults()


def core(secret: str) -> str:
    """The part of a sample that must not be seen."""
    for lead in ("Bearer ", "bearer ", "Basic ", 'client_secret="', "password=", "api_key: ", '"access_token": "'):
        secret = secret.removeprefix(lead)
    return secret.strip('"').partition("@")[0].rpartition(":")[2]


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_reaches_a_line_in_whatever_place(lines: Callable[[], list[dict[str, Any]]], secret: str) -> None:
    log = structlog.get_logger("labour.workers")
    event = f"worker {secret} came"
    log.info(event, note=f"见 {secret}。", nested={"list": [secret, (secret,)]}, raw=secret.encode())
    try:
        try:
            raise KeyError(secret)
        except KeyError as cause:
            raise ValueError(f"row with {secret}") from cause
    except ValueError as error:
        log.exception("failed", error=error)
        logging.getLogger("sqlalchemy").exception("statement %s", secret)
    logging.getLogger("uvicorn.error").warning("request %r", {"q": secret})
    written = lines()
    assert len(written) == 4
    assert core(secret) not in orjson.dumps(written).decode()
    assert "KeyError" in written[1]["exception"], "the stack is there"


@given(
    digits=st.from_regex(r"[1-9][0-9]{16}[0-9Xx]|[1-9][0-9]{14}|6[0-9]{15,18}", fullmatch=True),
    before=st.sampled_from(["", " ", ":", "号", "(", "'", "=", "/"]),
    after=st.sampled_from(["", " ", ",", "。", ")", "'", "\n", "/"]),
)
def test_no_number_of_a_person_or_account_survives(digits: str, before: str, after: str) -> None:
    assert digits not in redact_text(f"worker {before}{digits}{after}")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_needed_to_find_a_fault_stays(text: str) -> None:
    assert redact_text(text) == text


@pytest.mark.parametrize("shift", range(-20, 20, 3))
def test_a_long_text_is_cut_but_not_through_a_number(shift: int) -> None:
    text = "x" * (LONGEST - 20 - shift) + " " + IDENTITY_NUMBER + " and more" * 1000
    cut = redact_text(text)
    assert len(cut) <= LONGEST + 1
    assert not any(char.isdigit() for char in cut)


def test_telling_keys_are_masked_whatever_stands_there() -> None:
    event = {"password": "x", "client_secret": 1, "new_token": "t", "identity_number": "1", "phone": None, "id": 5}
    assert redact(event) == {
        "password": "***",
        "client_secret": "***",
        "new_token": "***",
        "identity_number": "***",
        "phone": None,
        "id": 5,
    }
    assert redact({"card": int(BANK_CARD), "n": 12}) == {"card": "***", "n": 12}


def test_a_line_names_service_request_and_trace(lines: Callable[[], list[dict[str, Any]]]) -> None:
    token = logs.request_id.set("req-00000001")
    with TracerProvider().get_tracer("t").start_as_current_span("s") as span:
        structlog.get_logger("a.b").info("order.approved", order_id="7")
    logs.request_id.reset(token)
    structlog.get_logger().warning("later")
    first, second = lines()
    context = span.get_span_context()
    assert first["event"] == "order.approved"
    assert first["order_id"] == "7"
    assert first["level"] == "info"
    assert first["logger"] == "a.b"
    assert first["service"] == "labour"
    assert first["request_id"] == "req-00000001"
    assert first["trace_id"] == f"{context.trace_id:032x}"
    assert first["span_id"] == f"{context.span_id:016x}"
    assert first["time"].endswith("+00:00")
    assert {"request_id", "trace_id"}.isdisjoint(second)


def test_the_level_counts_for_both_kinds_of_loggers(lines: Callable[[], list[dict[str, Any]]]) -> None:
    structlog.get_logger().debug("quiet")
    logging.getLogger("alembic").debug("quiet")
    logging.getLogger("uvicorn.access").info("quiet")
    logging.getLogger("alembic").info("heard")
    assert [line["event"] for line in lines()] == ["heard"]


def test_what_cannot_be_formatted_does_not_break_the_caller(
    lines: Callable[[], list[dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    record = logging.LogRecord("odd", logging.INFO, __file__, 1, "%d", (IDENTITY_NUMBER,), None)
    [ours] = [handler for handler in logging.getLogger().handlers if isinstance(handler, logs._Handler)]
    ours.handle(record)
    assert IDENTITY_NUMBER not in orjson.dumps(lines()).decode() + capsys.readouterr().err
    structlog.get_logger().info("object", value=object(), uuid=pytest)
    assert [(line["event"], line["logger"]) for line in lines()[:1]] == [("log.unformattable", "odd")]
    assert lines()[1]["event"] == "object"
