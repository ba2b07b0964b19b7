"""A buyer with a file about its supplier, and orders between the two."""

from __future__ import annotations

import pytest

from tests.procurement.conftest import Orders
from tests.procurement.suppliers.conftest import Dealing, clock

__all__ = ("clock", "dealing")


@pytest.fixture
def dealing(orders: Orders) -> Dealing:
    """The site's contractor and supplier."""
    return Dealing(orders.harness, orders.site.contractor, orders.site.supplier)
