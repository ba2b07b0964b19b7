"""Papers (纸质单据): orders, delivery notes and the like as PDF, in Chinese and English.

One more paper is a dataclass in `schemas.py`, a builder in `rules.py`, a template of the same name in `templates/`, a
use case and a route.
"""
