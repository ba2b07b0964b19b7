"""Longer use cases of suppliers."""
