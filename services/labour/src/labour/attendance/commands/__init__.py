"""Use cases of attendance that need more room than service.py has."""
