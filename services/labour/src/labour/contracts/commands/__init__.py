"""Use cases of contracts that need more room than service.py has."""
