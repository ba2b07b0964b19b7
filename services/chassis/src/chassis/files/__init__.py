"""Uploads (附件): their bytes once by SHA-256 in a store, their rows in the service's own database.

A service that takes files puts `File` and `FileShare` among its tables, `router(…)` among its routes and the two jobs
among its jobs, and brings a store and a scanner as the clients `files` and `scanner` (`clients_of`).
"""
