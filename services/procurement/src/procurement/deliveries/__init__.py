"""Deliveries (送货) and their acceptance on site (现场验收)."""
