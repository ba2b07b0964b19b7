"""The gRPC door of labour in this process: real server, real tokens of services."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.keys import KeySet
from chassis.rpc.client import Channel
from chassis.rpc.server import GrpcServer
from chassis.tokens import INTERNAL_AUDIENCE, TokenVerifier
from tests.chassis.rpc.peer import SignedTokens
from tests.chassis.token_corpus import ISSUER
from tests.harness import Harness


@asynccontextmanager
async def door(labour: Harness, caller: str) -> AsyncIterator[Channel]:
    """A channel to labour for another service."""
    keys = KeySet.static(labour.signer.jwks())
    server = GrpcServer(
        host="127.0.0.1",
        port=0,
        registrations=labour.service.rpc(labour.runtime),
        verifier=TokenVerifier(keys, ISSUER, INTERNAL_AUDIENCE, labour.clock),
        works=labour.runtime.works,
    )
    await server.start()
    channel = Channel(f"127.0.0.1:{server.port}", SignedTokens(labour.signer, caller), "labour")
    try:
        yield channel
    finally:
        await channel.close()
        await server.stop(0)
