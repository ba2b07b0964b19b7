"""Records under test: an authority, and employers who share a person."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Kind, Principal, Role
from tests.harness import organisation
from tests.labour.conftest import resident_id


@pytest.fixture
def authority() -> Principal:
    """An officer of an authority."""
    return organisation(Kind.AUTHORITY).as_(Role.PERSONAL_DATA_OFFICER)


def listing(**changes: Any) -> dict[str, Any]:
    """Somebody whom the authority lists from today on."""
    return {
        "name": "王五",
        "id_card_number": resident_id(),
        "reason": "伪造特种作业操作资格证",
        "source_document": "深住建罚〔2026〕12号",
        "valid_from": "2026-11-23",
        "valid_to": "2029-11-22",
    } | changes


def record(worker_id: object, **changes: Any) -> dict[str, Any]:
    """A bad record of a worker."""
    return {
        "worker_id": str(worker_id),
        "kind": "bad",
        "occurred_on": "2026-11-20",
        "description": "高处作业未系安全带",
        "source_document": "安全检查通报 2026-11",
    } | changes
