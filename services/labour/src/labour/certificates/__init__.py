"""Certificates that end: who is told when (the certificates themselves belong to workers/)."""
