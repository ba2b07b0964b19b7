"""procurement asks labour over a real gRPC server: both services in this process, labour on a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

import pytest

from chassis.crypto import Vault
from chassis.errors import FailedPrecondition, Unavailable
from chassis.identity import Kind, Role
from chassis.ids import new_id
from chassis.keys import KeySet
from chassis.rpc.client import Channel
from chassis.rpc.server import GrpcServer
from chassis.tokens import INTERNAL_AUDIENCE, TokenVerifier
from infra.postgres import Cluster
from infra.programs import free_port
from labour.app import SERVICE as LABOUR
from labour.employer_listings import service as employer_listings
from labour.employer_listings.service import Decision, NewListing
from procurement.clients.labour import GrpcLabourDirectory
from procurement.wage_standings import service
from procurement.wage_standings.rules import Deal
from tests.chassis.rpc.peer import SignedTokens
from tests.chassis.token_corpus import ISSUER
from tests.facts import tell_organisation
from tests.harness import Harness, organisation
from tests.procurement.conftest import Orders

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
async def asked(cluster: Cluster) -> AsyncIterator[Harness]:
    """labour, without anybody whom it asks."""
    vault = Vault({"k1": b"1" * 32}, b"i" * 32)
    harness = await Harness.start(LABOUR, cluster.create_service_database("labour-of-procurement"), vault=vault)
    yield harness
    await harness.stop()


@asynccontextmanager
async def directory(labour: Harness) -> AsyncIterator[GrpcLabourDirectory]:
    """labour as procurement reaches it."""
    verifier = TokenVerifier(KeySet.static(labour.signer.jwks()), ISSUER, INTERNAL_AUDIENCE, labour.clock)
    registrations = LABOUR.rpc(labour.runtime)
    server = GrpcServer(
        host="127.0.0.1", port=0, registrations=registrations, verifier=verifier, works=labour.runtime.works
    )
    await server.start()
    channel = Channel(f"127.0.0.1:{server.port}", SignedTokens(labour.signer, "procurement"), "labour")
    try:
        yield GrpcLabourDirectory(channel)
    finally:
        await channel.close()
        await server.stop(0)


async def test_from_the_authoritys_decision_to_the_buyers_refusal(asked: Harness, orders: Orders) -> None:
    employer = organisation(Kind.LABOUR_SUBCONTRACTOR)
    await tell_organisation(asked, employer.id, "被列单位", uscc=employer.uscc)
    decision = Decision("SERIOUS_INCIDENT", "引发群体性事件", "列8号", date(2026, 11, 1))
    async with asked.work(organisation(Kind.AUTHORITY).as_(Role.APPROVER)) as work:
        await employer_listings.list_employer(work, NewListing(employer.id, None, decision))
    async with directory(asked) as labour:
        standing = await labour.standing(employer.id, TODAY)
        assert standing.listing is not None
        assert (standing.listing.until, standing.listing.documents) == (date(2029, 11, 1), ("列8号",))
        assert (standing.level, standing.warned_since, standing.outstanding_months) == ("none", None, 0)
        with pytest.raises(FailedPrecondition) as refusal:
            async with orders.harness.work(orders.buyer) as work:
                await service.demand_engageable(work, {employer.id}, Deal.ORDER, labour)
        assert refusal.value.reason == "SUPPLIER_WAGE_LISTED"
        assert (await labour.standing(new_id(), TODAY)).listing is None


async def test_nobody_listens(orders: Orders, asked: Harness) -> None:
    """Fail closed: the buyer hears that labour is away."""
    channel = Channel(f"127.0.0.1:{free_port()}", SignedTokens(asked.signer, "procurement"), "labour")
    with pytest.raises(Unavailable) as refusal:
        async with orders.harness.work(orders.buyer) as work:
            await service.demand_engageable(work, {new_id()}, Deal.AWARD, GrpcLabourDirectory(channel))
    assert refusal.value.reason == "LABOUR_UNAVAILABLE"
    await channel.close()
