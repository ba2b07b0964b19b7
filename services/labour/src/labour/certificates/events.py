"""Facts of certificates that end. They carry ids and days, no numbers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from google.protobuf.message import Message

from chassis.ids import new_id
from chassis.outbox import Event
from labour.certificates.models import Ending
from zhulian.common.v1.values_pb2 import Day
from zhulian.labour.v1 import certificates_events_pb2

EXPIRING = "zhulian.labour.certificates.expiring.v1"
EXPIRED = "zhulian.labour.certificates.expired.v1"

SUBJECTS: dict[str, type[Message]] = {
    EXPIRING: certificates_events_pb2.CertificatesExpiring,
    EXPIRED: certificates_events_pb2.CertificatesExpired,
}


def expiring(employer_id: UUID, days: int, endings: Sequence[Ending]) -> Event:
    """Certificates of one employer's workers end within so many days."""
    batch_id = new_id()
    message = certificates_events_pb2.CertificatesExpiring(
        batch_id=str(batch_id), employer_id=str(employer_id), days=days, certificates=_endings(endings)
    )
    return Event(EXPIRING, batch_id, 1, message)


def expired(employer_id: UUID, endings: Sequence[Ending]) -> Event:
    """Certificates of one employer's workers are over, and nothing follows them."""
    batch_id = new_id()
    message = certificates_events_pb2.CertificatesExpired(
        batch_id=str(batch_id), employer_id=str(employer_id), certificates=_endings(endings)
    )
    return Event(EXPIRED, batch_id, 1, message)


def _endings(endings: Sequence[Ending]) -> list[certificates_events_pb2.CertificateEnding]:
    return [
        certificates_events_pb2.CertificateEnding(
            certificate_id=str(one.certificate_id),
            worker_id=str(one.worker_id),
            valid_to=Day(date=one.valid_to.isoformat()),
        )
        for one in endings
    ]
