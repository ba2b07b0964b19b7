"""A real gRPC server of the chassis with a servicer that answers as a test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import grpc
import pytest

from chassis.clock import SystemClock
from chassis.identity import Principal
from chassis.keys import KeySet
from chassis.rpc.client import Channel
from chassis.rpc.server import GrpcServer, Registration, rpc
from chassis.service_tokens import TokenSource
from chassis.tokens import INTERNAL_AUDIENCE, TokenVerifier
from chassis.work import Work
from tests.chassis.token_corpus import ISSUER, Signer
from zhulian.projects.v1 import project_directory_pb2 as messages
from zhulian.projects.v1.project_directory_pb2_grpc import (
    ProjectDirectoryServicer,
    ProjectDirectoryStub,
    add_ProjectDirectoryServicer_to_server,
)

SERVICE = messages.DESCRIPTOR.services_by_name["ProjectDirectory"]
PATH = f"/{SERVICE.full_name}/GetParty"
CALLERS = ("procurement", "labour")
Answering = Callable[[Work, messages.GetPartyRequest], Awaitable[messages.GetPartyResponse]]


async def _contractor(_: Work, request: messages.GetPartyRequest) -> messages.GetPartyResponse:
    return messages.GetPartyResponse(roles=["general_contractor"], project_state=request.project_id)


class Projects(ProjectDirectoryServicer):
    """`answering` is what GetParty does; `asked` counts its calls."""

    def __init__(self) -> None:
        self.answering: Answering = _contractor
        self.asked = 0

    @rpc(callers=CALLERS)
    async def GetParty(self, work: Work, request: messages.GetPartyRequest) -> messages.GetPartyResponse:  # noqa: N802
        self.asked += 1
        return await self.answering(work, request)

    @rpc(callers=("labour",))
    async def GetProject(  # noqa: N802
        self, work: Work, request: messages.GetProjectRequest
    ) -> messages.GetProjectResponse:
        return messages.GetProjectResponse()

    @rpc(callers=CALLERS)
    async def CommitBudget(  # noqa: N802
        self, work: Work, request: messages.CommitBudgetRequest
    ) -> messages.CommitBudgetResponse:
        return messages.CommitBudgetResponse()

    @rpc(callers=CALLERS)
    async def ReleaseBudget(  # noqa: N802
        self, work: Work, request: messages.ReleaseBudgetRequest
    ) -> messages.ReleaseBudgetResponse:
        return messages.ReleaseBudgetResponse()

    @rpc(callers=CALLERS)
    async def GetWbsTasks(  # noqa: N802
        self, work: Work, request: messages.GetWbsTasksRequest
    ) -> messages.GetWbsTasksResponse:
        return messages.GetWbsTasksResponse()


class RecordedWorks:
    """Stands for `chassis.work.Works`: notes whose Work was opened and how it ended."""

    def __init__(self) -> None:
        self.principals: list[Principal] = []
        self.ends: list[str] = []

    @asynccontextmanager
    async def open(self, principal: Principal) -> AsyncIterator[Work]:
        """A Work whose only use is to be committed or not."""
        self.principals.append(principal)
        end = "rolled back"
        try:
            yield cast(Work, self)
            end = "committed"
        finally:
            self.ends.append(end)


class SignedTokens:
    """A TokenSource that signs; `next_tokens` are given out first."""

    def __init__(self, signer: Signer, service: str = "procurement") -> None:
        self.signer = signer
        self.service = service
        self.next_tokens: list[str] = []
        self.refusals: list[str] = []

    async def token(self) -> str:
        """A good token, or the next of the prepared ones."""
        return self.next_tokens.pop(0) if self.next_tokens else self.signer.service_token(self.service)

    def refused(self, token: str) -> None:
        """Note it."""
        self.refusals.append(token)


class Peer:
    """The service project-mgmt, as far as these tests need one."""

    def __init__(self, **options: Any) -> None:
        self.signer = Signer()
        self.projects = Projects()
        self.works = RecordedWorks()
        self.tokens = SignedTokens(self.signer)
        self._options = options
        self._channels: list[Any] = []
        self.server = self._server(0)

    @property
    def address(self) -> str:
        """host:port."""
        return f"127.0.0.1:{self.server.port}"

    async def start(self) -> None:
        """Serve, after a stop again on the same port."""
        self.server = self._server(self.server.port)
        await self.server.start()

    async def stop(self, grace: float = 0.0) -> None:
        """Be away."""
        await self.server.stop(grace)

    def channel(self, tokens: TokenSource | None = None) -> Channel:
        """The chassis' client of this peer."""
        made = Channel(self.address, tokens or self.tokens, "project-mgmt")
        self._channels.append(made)
        return made

    def raw(self) -> grpc.aio.Channel:
        """A connection that does nothing by itself: no token, no deadline."""
        made = grpc.aio.insecure_channel(self.address, options=(("grpc.max_metadata_size", 262_144),))
        self._channels.append(made)
        return made

    async def close(self) -> None:
        """End everything that was opened."""
        for channel in self._channels:
            await channel.close()
        await self.server.stop(0)

    def _server(self, port: int) -> GrpcServer:
        return GrpcServer(
            host="127.0.0.1",
            port=port,
            registrations=[Registration(SERVICE, self.projects, add_ProjectDirectoryServicer_to_server)],
            verifier=TokenVerifier(KeySet.static(self.signer.jwks()), ISSUER, INTERNAL_AUDIENCE, SystemClock()),
            works=self.works,
            **self._options,
        )


async def ask(channel: Channel, *, timeout: float = 5.0, project_id: str = "p") -> messages.GetPartyResponse:  # noqa: ASYNC109
    """GetParty through the chassis' client."""
    answer: messages.GetPartyResponse = await channel.call(
        ProjectDirectoryStub, "GetParty", messages.GetPartyRequest(project_id=project_id), timeout=timeout
    )
    return answer


async def bare(
    peer: Peer,
    *,
    timeout: float = 5.0,  # noqa: ASYNC109
    request: messages.GetPartyRequest | None = None,
) -> messages.GetPartyResponse:
    """GetParty through a bare stub with a good token."""
    metadata = (("authorization", f"Bearer {peer.signer.service_token()}"),)
    return await ProjectDirectoryStub(peer.raw()).GetParty(
        request or messages.GetPartyRequest(project_id="p"), timeout=timeout, metadata=metadata
    )


async def until_ended(peer: Peer) -> None:
    """Wait until a Work has ended; fail when none does."""
    for _ in range(500):
        if peer.works.ends:
            return
        await asyncio.sleep(0.01)
    pytest.fail("the work goes on")
