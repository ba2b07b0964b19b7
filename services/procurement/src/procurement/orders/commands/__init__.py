"""Use cases of orders that need room of their own."""
