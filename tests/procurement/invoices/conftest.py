"""A buyer and a supplier with an order between them."""

from __future__ import annotations

import pytest

from tests.harness import Harness
from tests.procurement.conftest import Orders, Site
from tests.procurement.settling import Desk


@pytest.fixture
async def desk(procurement: Harness, orders: Orders, site: Site) -> Desk:
    """A fresh order of a fresh site."""
    return await Desk.open(procurement, orders, site)
