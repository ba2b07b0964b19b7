"""Design rules 4, 5, 8, 14 and 18: what the chassis does for everybody, nobody does for himself.

Facts leave by the outbox and arrive by the inbox, refusals are one type with two codecs, what happens later is a
durable job. A service that reaches for the library below goes round one of them.
"""

import pytest

from tests.architecture.tree import PACKAGES, Source, aggregate, production, sample, services, violations

BELOW = {
    "nats": "facts leave by the outbox and arrive by a subscription (rules 4 and 5)",
    "chassis.streams": "facts leave by the outbox and arrive by a subscription (rules 4 and 5)",
    "chassis.inbox": "the chassis counts and acknowledges (rule 5)",
    "pgqueuer": "durable jobs are enqueued by `work.enqueue` (rule 18)",
    "fastapi.HTTPException": "raise a chassis error; the edge makes the problem (rule 8)",
    "starlette.exceptions": "raise a chassis error; the edge makes the problem (rule 8)",
    "fastapi.responses": "the edge answers (rule 3)",
    "grpc.StatusCode": "raise a chassis error; the interceptor makes the status (rule 8)",
    "logging": "log through structlog, which redacts and carries the trace (rule 14)",
    "fastapi.BackgroundTasks": "what happens later is a durable job (rule 18)",
}
LATER = {
    "asyncio.sleep": "what happens later is a durable job (rule 18)",
    "asyncio.create_task": "what happens later is a durable job (rule 18)",
    "asyncio.ensure_future": "what happens later is a durable job (rule 18)",
    "threading.Timer": "what happens later is a durable job (rule 18)",
}
IN_PROCESS = {
    # writes at intervals what the edge has counted; nothing that anybody was promised for later
    "gateway/src/gateway/clients/usage.py",
}
SLOW = "starlette.middleware.base"
ERRORS = {
    "InvalidArgument", "Unauthenticated", "PermissionDenied", "NotFound", "AlreadyExists", "FailedPrecondition",
    "Aborted", "ResourceExhausted", "Unavailable", "DeadlineExceeded", "MalformedRequest",
}  # fmt: skip


def goes_round_the_chassis(source: Source) -> list[str]:
    """No service imports what the chassis wraps; the gateway's edge forwards bytes and is a process of its own kind."""
    if not source.below(*PACKAGES.values()) or source.below("gateway/src/gateway/edge"):
        return []
    found = [
        source.at(node, f"imports {name}: {reason}")
        for node, name in source.imports()
        for module, reason in BELOW.items()
        if name == module or name.startswith(f"{module}.")
    ]
    if str(source.path) not in IN_PROCESS:
        found += [source.at(node, f"{name}: {LATER[name]}") for node, name in source.calls() if name in LATER]
    return found


def halves_the_throughput(source: Source) -> list[str]:
    """BaseHTTPMiddleware costs half of the requests a second (pitfalls.md): pure ASGI middleware only."""
    return [
        source.at(node, "BaseHTTPMiddleware halves the throughput: write pure ASGI middleware")
        for node, name in source.imports()
        if name.startswith(SLOW)
    ]


def refuses_in_two_languages(source: Source) -> list[str]:
    """A refusal stands in errors.py, with its text in zh and en."""
    if aggregate(source) is None:
        return []
    found = []
    for node, name in source.calls():
        if name.startswith("chassis.errors.") and name.rpartition(".")[2] in ERRORS:
            keywords = {keyword.arg for keyword in node.keywords}
            if source.path.name != "errors.py":
                found.append(source.at(node, "refusals stand in errors.py, where a reader finds them all"))
            if not {"zh", "en"} <= keywords and None not in keywords:
                found.append(source.at(node, "a refusal speaks zh and en"))
    return found


def test_nobody_goes_round_the_chassis() -> None:
    assert violations(goes_round_the_chassis, services()) == ""


def test_nobody_halves_the_throughput() -> None:
    assert violations(halves_the_throughput, production()) == ""


def test_refusals_stand_in_errors_and_speak_two_languages() -> None:
    assert violations(refuses_in_two_languages, services()) == ""


@pytest.mark.parametrize(
    "text",
    [
        "import nats",
        "from nats.js import JetStreamContext",
        "from chassis import streams\nfrom chassis import inbox",
        "from pgqueuer import Queries",
        "from fastapi import APIRouter, HTTPException",
        "from fastapi.responses import JSONResponse",
        "from grpc import StatusCode",
        "import logging",
        "import asyncio\nasync def later():\n    await asyncio.sleep(60)",
        "import asyncio\ntask = asyncio.create_task(work())",
    ],
)
def test_a_way_round_the_chassis_is_found(text: str) -> None:
    assert goes_round_the_chassis(sample(text)) != []


def test_the_middleware_is_found() -> None:
    text = "from starlette.middleware.base import BaseHTTPMiddleware"
    assert len(halves_the_throughput(sample(text, "services/chassis/src/chassis/http/middleware.py"))) == 1


def test_a_refusal_in_the_wrong_room_or_in_one_language_is_found() -> None:
    text = "from chassis.errors import NotFound\n\ndef gone():\n    return NotFound('GONE', zh='不存在', en='Gone.')\n"
    path = "services/procurement/src/procurement/orders/errors.py"
    assert refuses_in_two_languages(sample(text, path)) == []
    assert len(refuses_in_two_languages(sample(text))) == 1
    assert len(refuses_in_two_languages(sample(text.replace("zh='不存在', ", ""), path))) == 1
