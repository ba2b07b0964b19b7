"""labour as equipment-leasing sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from chassis.rpc.client import Channel
from zhulian.common.v1.values_pb2 import Day
from zhulian.labour.v1 import labour_directory_pb2 as messages
from zhulian.labour.v1.labour_directory_pb2_grpc import LabourDirectoryStub

TIMEOUT = 3.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not operate: a stable code and both texts, as labour says them."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a worker may operate, why not, and which certificate covers the trade."""

    allowed: bool
    refusals: tuple[Refusal, ...] = ()
    certificate_number: str = ""


class LabourDirectory(Protocol):
    """Questions that need an answer now; all idempotent."""

    async def verify_operator(self, project_id: UUID, worker_id: UUID, trade: str, on: date) -> Verdict:
        """May this worker operate on this project on that day? NotFound WORKER_NOT_FOUND.

        `trade`: the special trade (特种作业) demanded, empty when the machine demands none.
        """
        ...


class GrpcLabourDirectory:
    """The directory over gRPC."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def verify_operator(self, project_id: UUID, worker_id: UUID, trade: str, on: date) -> Verdict:
        """See LabourDirectory."""
        request = messages.VerifyOperatorRequest(
            project_id=str(project_id),
            worker_id=str(worker_id),
            special_trade=trade,
            on=Day(date=on.isoformat()),
        )
        answer: messages.VerifyOperatorResponse = await self._channel.call(
            LabourDirectoryStub, "VerifyOperator", request, timeout=TIMEOUT
        )
        refusals = tuple(Refusal(one.code, one.zh, one.en) for one in answer.refusals)
        return Verdict(answer.allowed, refusals, answer.certificate_number)
