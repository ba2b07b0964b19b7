"""A worker's own pages under test."""

from __future__ import annotations

import pytest

from tests.labour.conftest import Site
from tests.labour.contracting import Contracting


@pytest.fixture
def contracting(site: Site) -> Contracting:
    """Contracts of the site's subcontractor."""
    return Contracting(site)
