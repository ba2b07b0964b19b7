"""A clock that is put back."""

from tests.procurement.payables.conftest import clock

__all__ = ("clock",)
