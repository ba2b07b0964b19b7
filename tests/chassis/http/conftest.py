from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.chassis.http.sample import Service, client


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def caller(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with client(service.app()) as made:
        yield made
