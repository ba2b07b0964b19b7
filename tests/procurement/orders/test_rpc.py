"""The gRPC door of orders, through a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from chassis.errors import InvalidArgument, PermissionDenied
from chassis.keys import KeySet
from chassis.rpc.client import Channel
from chassis.rpc.server import GrpcServer
from chassis.tokens import INTERNAL_AUDIENCE, TokenVerifier
from infra.programs import free_port
from tests.chassis.rpc.peer import SignedTokens
from tests.chassis.token_corpus import ISSUER
from tests.harness import Harness
from tests.procurement.conftest import STEEL, Orders
from zhulian.procurement.v1.procurement_directory_pb2 import GetProjectOrdersRequest, GetProjectOrdersResponse
from zhulian.procurement.v1.procurement_directory_pb2_grpc import ProcurementDirectoryStub


@pytest.fixture
async def address(procurement: Harness) -> AsyncIterator[str]:
    """The service's own gRPC server on a free port."""
    port = free_port()
    keys = KeySet.static(procurement.signer.jwks())
    server = GrpcServer(
        host="127.0.0.1",
        port=port,
        registrations=procurement.service.rpc(procurement.runtime),
        verifier=TokenVerifier(keys, ISSUER, INTERNAL_AUDIENCE, procurement.clock),
        works=procurement.runtime.works,
    )
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(0)


async def ask(harness: Harness, address: str, caller: str, project_id: str) -> GetProjectOrdersResponse:
    """GetProjectOrders as one of the services."""
    channel = Channel(address, SignedTokens(harness.signer, caller), "procurement")
    try:
        answer: GetProjectOrdersResponse = await channel.call(
            ProcurementDirectoryStub,
            "GetProjectOrders",
            GetProjectOrdersRequest(project_id=project_id),
            timeout=5.0,
        )
        return answer
    finally:
        await channel.close()


async def test_counts_and_amounts_of_a_project(orders: Orders, procurement: Harness, address: str) -> None:
    """A draft is counted and not ordered."""
    await orders.draft()
    await orders.approved()
    answer = await ask(procurement, address, "project-mgmt", str(orders.site.project_id))
    assert {one.state: one.count for one in answer.counts} == {"draft": 1, "approved": 1}
    assert (answer.ordered.amount, answer.accepted.amount) == (str(STEEL), "0.00")


async def test_only_project_mgmt_may_ask(orders: Orders, procurement: Harness, address: str) -> None:
    with pytest.raises(PermissionDenied):
        await ask(procurement, address, "labour", str(orders.site.project_id))


async def test_an_id_that_is_none(procurement: Harness, address: str) -> None:
    """A clear refusal that points at the field, not INTERNAL."""
    with pytest.raises(InvalidArgument) as refusal:
        await ask(procurement, address, "project-mgmt", "x")
    assert refusal.value.violations[0].pointer == "/project_id"
