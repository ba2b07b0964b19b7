"""Suppliers that labour says to owe wages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from chassis.errors import Unavailable
from procurement.clients.labour import WageListing
from tests.harness import Harness, key
from tests.procurement.conftest import FakeLabour

LISTING = WageListing(date(2026, 11, 1), date(2029, 11, 1), ("深人社监列〔2026〕8号",))
AWAY = Unavailable("LABOUR_UNAVAILABLE", zh="服务 labour 暂时不可用", en="labour is away", retry_after=2.0)
LISTED, GONE = (409, "SUPPLIER_WAGE_LISTED"), (503, "LABOUR_UNAVAILABLE")


@pytest.fixture
def labour(procurement: Harness) -> Iterator[FakeLabour]:
    """labour in memory; it answers again afterwards."""
    found: FakeLabour = procurement.runtime.clients["labour"]
    found.asked.clear()
    yield found
    found.trouble = None


def list_(labour: FakeLabour, supplier_id: UUID) -> None:
    """An authority has listed the supplier."""
    labour.listed[supplier_id] = LISTING


@asynccontextmanager
async def away(labour: FakeLabour) -> AsyncIterator[None]:
    """labour does not answer in the block."""
    labour.trouble = AWAY
    try:
        yield
    finally:
        labour.trouble = None


async def refused(harness: Harness, who: Any, path: str, body: Any = None) -> tuple[int, str]:
    """Status and code of a refusal that changes nothing."""
    before = await harness.checksum()
    async with harness.client(who) as client:
        answer = await client.post(f"/procurement/v1{path}", json=body, headers=key())
    assert await harness.checksum() == before
    return answer.status_code, str(answer.json().get("code"))
