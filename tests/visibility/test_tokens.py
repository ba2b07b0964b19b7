"""The corpus of odd tokens at every service's own doors: each verifies again, whatever the gateway has let through."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from types import SimpleNamespace

import grpc
import pytest

from chassis.errors import ServiceError
from chassis.keys import KeySet
from chassis.rpc.server import GrpcServer, callers_of
from chassis.rpc.status import METADATA_LIMIT, from_rpc_error
from chassis.tokens import INTERNAL_AUDIENCE, TokenVerifier
from tests.chassis.token_corpus import CASES, INTERNAL_CASES, ISSUER, Signer
from tests.harness import Harness
from tests.visibility.calls import Caller, Operation, code, operations
from tests.visibility.who import WHO

UNAUTHENTICATED = "UNAUTHENTICATED"


def doors(package: str) -> list[Operation]:
    """A question and a change: the first GET and the first POST of the document."""
    found = list(operations(package).values())
    return [next(one for one in found if one.method == method) for method in ("get", "post")]


async def answers(caller: Caller, package: str, token: str) -> set[tuple[int, str]]:
    """(status, code) with which the REST door answers a token."""
    found = set()
    for operation in doors(package):
        request = operation.request({})
        request["headers"]["Authorization"] = f"Bearer {token}"
        answer = await caller.call(None, request)
        found.add((answer.status_code, code(answer)))
    return found


@pytest.mark.parametrize("package", WHO, indirect=True)
async def test_the_rest_door_refuses_odd_tokens(caller: Caller, harness: Harness, package: str) -> None:
    """Among them a service's token; nothing is changed."""
    before = await harness.checksum()
    wrong = {}
    for case in CASES:
        found = await answers(caller, package, case.make(harness.signer))
        if found != {(401, case.reason)}:
            wrong[case.name] = found
    assert wrong == {}
    assert await harness.checksum() == before


@dataclass
class Door:
    """The gRPC door of a service with everything that it registers, and a bare connection to it."""

    channel: grpc.aio.Channel
    methods: dict[str, tuple[str, ...]]
    signer: Signer

    async def outcome(self, method: str, token: str | None) -> tuple[str, str]:
        """Status code and reason of an empty request."""
        service, _, name = method.rpartition(".")
        ask: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = self.channel.unary_unary(f"/{service}/{name}")
        metadata = () if token is None else (("authorization", f"Bearer {token}"),)
        try:
            await ask(b"", timeout=10, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            refused: ServiceError | None = from_rpc_error(error)
            return error.code().name, "" if refused is None else refused.reason
        return "OK", ""


@pytest.fixture
async def door(harness: Harness) -> AsyncIterator[Door]:
    """Open for one test."""
    settings = SimpleNamespace(reservation_minutes=15)  # what project-mgmt's registration reads
    registrations = harness.service.rpc(replace(harness.runtime, settings=settings))
    keys = KeySet.static(harness.signer.jwks())
    server = GrpcServer(
        host="127.0.0.1",
        port=0,
        registrations=registrations,
        verifier=TokenVerifier(keys, ISSUER, INTERNAL_AUDIENCE, harness.clock),
        works=harness.runtime.works,
    )
    await server.start()
    methods: dict[str, tuple[str, ...]] = {}
    for one in registrations:
        methods |= callers_of(one.descriptor, type(one.servicer))
    options = (("grpc.max_metadata_size", METADATA_LIMIT),)
    channel = grpc.aio.insecure_channel(f"127.0.0.1:{server.port}", options=options)
    yield Door(channel, methods, harness.signer)
    await channel.close()
    await server.stop(0)


@pytest.mark.parametrize("package", WHO, indirect=True)
async def test_the_grpc_door_refuses_odd_tokens(door: Door, harness: Harness, package: str) -> None:
    """At every method, among them a user's token; nothing is changed."""
    before = await harness.checksum()
    wrong = {}
    for method in door.methods:
        for case in INTERNAL_CASES:
            outcome = await door.outcome(method, case.make(door.signer))
            if outcome != (UNAUTHENTICATED, case.reason):
                wrong[method, case.name] = outcome
        if (outcome := await door.outcome(method, None)) != (UNAUTHENTICATED, "TOKEN_MISSING"):
            wrong[method, "no token"] = outcome
    assert door.methods
    assert wrong == {}
    assert await harness.checksum() == before


SERVICES = ("project-mgmt", "labour", "procurement", "equipment-leasing", "gateway")


@pytest.mark.parametrize("package", WHO, indirect=True)
async def test_a_method_is_for_the_services_that_it_names(door: Door, harness: Harness, package: str) -> None:
    """Every other service's good token is refused, also the service's own; those that are named get in."""
    before = await harness.checksum()
    wrong = {}
    for method, callers in door.methods.items():
        for service in SERVICES:
            status, reason = await door.outcome(method, door.signer.service_token(service))
            refused = (status, reason) == ("PERMISSION_DENIED", "CALLER_NOT_ALLOWED")
            if refused == (service in callers) or status in (UNAUTHENTICATED, "INTERNAL", "UNKNOWN"):
                wrong[method, service] = status, reason
    assert wrong == {}
    assert await harness.checksum() == before


@pytest.mark.parametrize("package", WHO, indirect=True)
async def test_a_good_token_passes_both_doors(caller: Caller, door: Door, harness: Harness, package: str) -> None:
    """So that the tests above show something: what they send is refused for its token alone."""
    good = harness.signer.token(principal=None, organisations={})
    assert 401 not in {status for status, _ in await answers(caller, package, good)}
    for method, callers in door.methods.items():
        for service in callers:
            assert (await door.outcome(method, door.signer.service_token(service)))[0] != UNAUTHENTICATED
