"""Verbs of telematics that are longer than a page."""
