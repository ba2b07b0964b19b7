"""Devices that record attendance: gates, handhelds, phones."""
