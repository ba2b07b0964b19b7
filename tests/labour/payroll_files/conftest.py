"""Payroll files under test."""

from __future__ import annotations

import pytest

from tests.labour.conftest import Site
from tests.labour.wages import Wages


@pytest.fixture
def wages(site: Site) -> Wages:
    """The site's wages."""
    return Wages(site)
