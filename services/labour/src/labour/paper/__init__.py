"""Papers (纸质单据) of labour as PDF, in Chinese and English.

One more paper is a dataclass in `schemas.py`, a builder in `rules.py`, a template of the same name in `templates/` and
a function in `service.py`.
"""
