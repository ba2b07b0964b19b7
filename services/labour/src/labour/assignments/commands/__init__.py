"""Use cases of assignments that need more room than service.py has."""
