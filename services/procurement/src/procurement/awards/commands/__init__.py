"""Use cases of awards that need room of their own."""
