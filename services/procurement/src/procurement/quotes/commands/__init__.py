"""Use cases of quotes that need room of their own."""
