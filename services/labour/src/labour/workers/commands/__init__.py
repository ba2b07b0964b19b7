"""Use cases of workers that need more room than service.py has."""
