"""Devices under test."""

from tests.labour.attendance.conftest import gate as gate
