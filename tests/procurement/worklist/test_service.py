"""Use cases of worklist: another service has no leave."""

from __future__ import annotations

import pytest

from chassis.errors import PermissionDenied
from chassis.identity import service_principal
from procurement.worklist import service
from tests.harness import Harness


async def test_another_service_may_not(procurement: Harness) -> None:
    async with procurement.work(service_principal("labour")) as work:
        with pytest.raises(PermissionDenied):
            await service.counts(work)
