"""Use cases of requisitions that need room of their own."""
