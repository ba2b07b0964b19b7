"""Use cases of saved filters: another service has no leave."""

from __future__ import annotations

import pytest

from chassis.errors import PermissionDenied
from chassis.identity import service_principal
from chassis.pages import PageRequest
from procurement.saved_filters import service
from tests.harness import Harness


async def test_another_service_may_not(procurement: Harness) -> None:
    async with procurement.work(service_principal("labour")) as work:
        with pytest.raises(PermissionDenied):
            await service.page(work, None, PageRequest())
