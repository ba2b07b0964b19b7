"""Use cases of teams that need more room than service.py has."""
