"""Use cases of agreements that need room of their own."""
