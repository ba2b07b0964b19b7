"""Geofences under test."""

from __future__ import annotations

import pytest

from tests.labour.attendance.conftest import Gate
from tests.labour.attendance.conftest import gate as gate


@pytest.fixture
async def phones(gate: Gate) -> Gate:
    """The gate with workers who have consented to their positions."""
    await gate.consent(*range(len(gate.workers)))
    return gate
