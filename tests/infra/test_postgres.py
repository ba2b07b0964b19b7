"""Who may do what in the clusters that we start."""

from __future__ import annotations

from urllib.parse import urlsplit

import asyncpg
import pytest

from infra import programs
from infra.postgres import Cluster, DatabaseAddresses, Server
from infra.programs import StartError


@pytest.fixture(scope="module")
def orders(cluster: Cluster) -> DatabaseAddresses:
    return cluster.create_service_database("infra_orders")


@pytest.fixture(scope="module")
async def table(orders: DatabaseAddresses) -> DatabaseAddresses:
    owner = await asyncpg.connect(orders.owner_url)
    await owner.execute("CREATE TABLE thing (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text)")
    await owner.execute("CREATE SEQUENCE counter")
    await owner.close()
    return orders


async def test_the_runtime_role_reads_and_writes(table: DatabaseAddresses) -> None:
    runtime = await asyncpg.connect(table.runtime_url)
    await runtime.execute("INSERT INTO thing (name) VALUES ('塔吊')")
    await runtime.execute("UPDATE thing SET name = '施工升降机'")
    assert await runtime.fetchval("SELECT name FROM thing") == "施工升降机"
    assert await runtime.fetchval("SELECT nextval('counter')") == 1
    await runtime.execute("DELETE FROM thing")
    await runtime.close()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE other (id int)",
        "CREATE TEMPORARY TABLE other (id int)",
        "ALTER TABLE thing ADD COLUMN more text",
        "DROP TABLE thing",
        "TRUNCATE thing",
        "CREATE INDEX ON thing (name)",
        "CREATE SCHEMA other",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE ROLE somebody",
        "CREATE DATABASE other",
        "SELECT pg_read_file('/etc/hostname')",
    ],
)
async def test_the_runtime_role_changes_no_structure(table: DatabaseAddresses, statement: str) -> None:
    runtime = await asyncpg.connect(table.runtime_url)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await runtime.execute(statement)
    await runtime.close()


async def test_a_services_roles_reach_only_its_own_database(cluster: Cluster, orders: DatabaseAddresses) -> None:
    other = cluster.create_service_database("infra_other")
    for url in (orders.owner_url, orders.runtime_url):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(f"{url.removesuffix(orders.name)}{other.name}")


async def test_nobody_gets_in_without_the_password(cluster: Cluster, orders: DatabaseAddresses) -> None:
    for role in ("postgres", orders.runtime_role):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(cluster.server.url("infra_orders", role, "wrong"))


async def test_it_listens_on_loopback_alone(cluster: Cluster) -> None:
    admin = await asyncpg.connect(cluster.server.url("postgres", "postgres", cluster.password))
    assert await admin.fetchval("SHOW listen_addresses") == "127.0.0.1"
    assert await admin.fetchval("SHOW unix_socket_directories") == ""
    hba = await admin.fetch("SELECT auth_method, address FROM pg_hba_file_rules")
    assert [(row["auth_method"], row["address"]) for row in hba] == [("scram-sha-256", "127.0.0.1")]
    await admin.close()


async def test_making_a_database_again_changes_passwords_and_nothing_else(cluster: Cluster) -> None:
    first = cluster.create_service_database("infra_again")
    owner = await asyncpg.connect(first.owner_url)
    await owner.execute("CREATE TABLE kept (id int)")
    await owner.close()
    second = cluster.create_service_database("infra_again")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(first.runtime_url)
    runtime = await asyncpg.connect(second.runtime_url)
    assert await runtime.fetchval("SELECT count(*) FROM kept") == 0
    await runtime.close()


async def test_a_password_may_hold_any_character(cluster: Cluster) -> None:
    password = "it's \\ a:\"p@ss/word%"
    url = cluster.server.create_owned_database("infra_owned", password)
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE own (id int)")
    await connection.close()
    server = Server.from_url(url)
    assert (server.host, server.password) == ("127.0.0.1", password)


def test_a_refused_script_says_why(cluster: Cluster) -> None:
    with pytest.raises(StartError, match="password authentication failed"):
        Server("127.0.0.1", cluster.port, "postgres", "wrong").create_service_database("infra_never")


async def test_a_killed_server_starts_again_with_its_data() -> None:
    with Cluster.temporary() as cluster:
        addresses = cluster.create_service_database("survivor")
        owner = await asyncpg.connect(addresses.owner_url)
        await owner.execute("CREATE TABLE kept AS SELECT 1 AS id")
        await owner.close()
        cluster.kill()
        cluster.start()
        runtime = await asyncpg.connect(addresses.runtime_url)
        assert await runtime.fetchval("SELECT id FROM kept") == 1
        await runtime.close()
        port = urlsplit(addresses.owner_url).port
    assert port is not None
    assert not programs.listens(port)
