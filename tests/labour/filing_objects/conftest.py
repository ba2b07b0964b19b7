"""Filing objects under test: the desk of the filings."""

from tests.labour.filings.conftest import authority, desk, platforms

__all__ = ["authority", "desk", "platforms"]
