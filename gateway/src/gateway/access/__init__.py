"""Organisations, their members and their API clients. PostgreSQL is the truth; Keycloak is brought to follow."""
