"""Team figures under test."""

from tests.labour.attendance.conftest import gate as gate
from tests.labour.evidence.conftest import months as months
