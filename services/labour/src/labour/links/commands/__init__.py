"""Use cases of links that need more room than service.py has."""
