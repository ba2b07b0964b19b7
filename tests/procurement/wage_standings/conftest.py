"""Suppliers that labour says to owe wages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest

from chassis.errors import Unavailable
from procurement.clients.labour import WageListing
from tests.harness import Harness
from tests.procurement.conftest import FakeLabour

LISTING = WageListing(date(2026, 11, 1), date(2029, 11, 1), ("深人社监列〔2026〕8号",))
AWAY = Unavailable("LABOUR_UNAVAILABLE", zh="服务 labour 暂时不可用", en="labour is away", retry_after=2.0)


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
