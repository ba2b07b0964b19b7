"""gRPC door of assignments: only translates."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.crypto import Vault
from chassis.errors import Violation, invalid
from chassis.rpc.server import rpc
from chassis.work import Work
from labour.assignments import errors, service
from labour.assignments.gates import Refusal as Refused
from zhulian.common.v1.values_pb2 import Day
from zhulian.labour.v1.labour_directory_pb2 import Refusal, VerifyOperatorRequest, VerifyOperatorResponse
from zhulian.labour.v1.labour_directory_pb2_grpc import LabourDirectoryServicer


class OperatorDoor(LabourDirectoryServicer):
    """The part of LabourDirectory that asks for operators."""

    vault: Vault

    @rpc(callers=("equipment-leasing",))
    async def VerifyOperator(  # noqa: N802 - the name is the contract's
        self, work: Work, request: VerifyOperatorRequest
    ) -> VerifyOperatorResponse:
        """Whether a worker may operate a machine, or every reason why not with its source and what would mend it."""
        decision = await service.verify_operator(
            work,
            _id("project_id", request.project_id),
            _id("worker_id", request.worker_id),
            request.special_trade,
            _day(request.on.date),
            self.vault,
        )
        covering, refusals = decision.certificate, decision.refusals
        return VerifyOperatorResponse(
            allowed=not refusals,
            refusals=[_refusal(one) for one in refusals],
            certificate_number=covering.number if covering else "",
            certificate_valid_to=Day(date=covering.valid_to.isoformat()) if covering else None,
        )


def _refusal(one: Refused) -> Refusal:
    mend_zh, mend_en = errors.MENDS[one.code]
    return Refusal(code=one.code, zh=one.zh, en=one.en, source=one.source, mend_zh=mend_zh, mend_en=mend_en)


def _id(field: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise invalid(Violation(f"/{field}", "UUID_PARSING", "应为 UUID", "Must be a UUID")) from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise invalid(Violation("/on/date", "DATE_PARSING", "应为日期,格式 YYYY-MM-DD", "Must be a date")) from None
