"""The ledger of the payables' tests."""

from tests.procurement.payables.conftest import clock, ledger

__all__ = ("clock", "ledger")
