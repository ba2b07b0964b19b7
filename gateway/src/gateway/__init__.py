"""The gateway: an edge that forwards to the services, and access (organisations, members, clients)."""
