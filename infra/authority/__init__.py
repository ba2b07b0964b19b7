"""A simulator of authorities' real-name platforms: the national one, and a province that does not exist.

It checks what a platform checks (signature, encryption, timestamps, order, dates, photos, pace) with code of its own,
and fails on demand. Tests and the demo start it as a process: `python -m infra.authority --port 0`.
"""
