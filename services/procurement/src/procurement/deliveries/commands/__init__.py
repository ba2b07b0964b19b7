"""Use cases of deliveries that need more room than service.py has: sending, gate, laboratory, supervisor."""
