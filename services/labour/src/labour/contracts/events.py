"""Facts of contracts; none holds personal data."""

from __future__ import annotations

from datetime import date

from google.protobuf.message import Message

from chassis.outbox import Event
from labour.contracts.models import Contract, Signature
from zhulian.common.v1.values_pb2 import Day
from zhulian.labour.v1 import contracts_events_pb2 as messages

SIGNED = "zhulian.labour.contracts.signed.v1"
ENDED = "zhulian.labour.contracts.ended.v1"

SUBJECTS: dict[str, type[Message]] = {SIGNED: messages.ContractSigned, ENDED: messages.ContractEnded}


def signed(contract: Contract, signature: Signature) -> Event:
    """A worker has signed."""
    message = messages.ContractSigned(contract=_facts(contract), method=signature.method.value)
    return Event(SIGNED, contract.id, contract.version, message)


def ended(contract: Contract) -> Event:
    """It binds no longer after its last day."""
    message = messages.ContractEnded(
        contract=_facts(contract), last_day=_day(contract.binds_until), terminated=contract.state == "terminated"
    )
    return Event(ENDED, contract.id, contract.version, message)


def _facts(contract: Contract) -> messages.ContractFacts:
    return messages.ContractFacts(
        contract_id=str(contract.id),
        worker_id=str(contract.worker_id),
        employer_id=str(contract.employer_id),
        project_id=str(contract.project_id or ""),
        kind=contract.kind.value,
        valid_from=_day(contract.valid_from),
        valid_to=_day(contract.valid_to),
        wage_kind=contract.wage_kind.value,
    )


def _day(day: date | None) -> Day | None:
    return None if day is None else Day(date=day.isoformat())
