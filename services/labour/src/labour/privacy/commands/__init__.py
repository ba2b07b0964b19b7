"""Use cases of privacy that need more room than service.py has."""
