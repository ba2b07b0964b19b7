"""PostgreSQL for one machine: the server from the wheel, and the databases and roles of the services.

with Cluster.temporary() as cluster:
    addresses = cluster.create_service_database("procurement")
"""

from infra.postgres.cluster import Cluster
from infra.postgres.databases import DatabaseAddresses, Server

__all__ = ["Cluster", "DatabaseAddresses", "Server"]
