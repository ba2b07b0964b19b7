"""What an exception means to a caller: the one mapping that the REST and the gRPC door share."""

from __future__ import annotations

from asyncpg import InterfaceError as DriverInterfaceError
from asyncpg import PostgresError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from chassis.errors import DeadlineExceeded, ServiceError, Unavailable, internal

# SQLSTATEs, https://www.postgresql.org/docs/18/errcodes-appendix.html
_CONNECTION_CLASS = "08"
_SERVER_AWAY = frozenset({"57P01", "57P02", "57P03", "57P05", "53300"})
_TRY_AGAIN = frozenset({"40001", "40P01", "55P03"})
_STATEMENT_TIMEOUT = "57014"


def refusal(error: BaseException) -> ServiceError:
    """The ServiceError that a caller gets for any exception; Internal, which shows nothing, for unforeseen
    ones.
    """
    if isinstance(error, ServiceError):
        return error
    return database_refusal(error) or _network_refusal(error) or internal()


def database_refusal(error: BaseException) -> ServiceError | None:
    """Unavailable or DeadlineExceeded for a fault of the database that a later try may not meet;
    else None.
    """
    if isinstance(error, PoolTimeoutError):
        return database_unavailable()
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return database_unavailable()
        return _by_sqlstate(getattr(error.orig, "sqlstate", None))
    if isinstance(error, PostgresError):
        return _by_sqlstate(error.sqlstate)
    if isinstance(error, DriverInterfaceError) and "connection" in str(error):
        return database_unavailable()
    return None


def database_unavailable() -> Unavailable:
    """The answer while the database is away."""
    return Unavailable(
        "DATABASE_UNAVAILABLE",
        zh="数据库暂时不可用,请稍后重试。",
        en="The database is away for the moment; try again.",
        retry_after=2.0,
    )


def _by_sqlstate(sqlstate: str | None) -> ServiceError | None:
    if sqlstate is None:
        return None
    if sqlstate.startswith(_CONNECTION_CLASS) or sqlstate in _SERVER_AWAY:
        return database_unavailable()
    if sqlstate in _TRY_AGAIN:
        # Not Aborted: that class says that the caller's version is stale, and here sending the same again is
        # right.
        return Unavailable(
            "CONFLICT_RETRY",
            zh="与同时进行的操作冲突,请原样重试。",
            en="This met another change at the same moment; send it again as it is.",
            retry_after=1.0,
        )
    if sqlstate == _STATEMENT_TIMEOUT:
        return _too_slow()
    return None


def _network_refusal(error: BaseException) -> ServiceError | None:
    if isinstance(error, ConnectionError):
        return Unavailable(
            "DEPENDENCY_UNAVAILABLE",
            zh="所依赖的服务暂时无法连接,请稍后重试。",
            en="Something this call needs cannot be reached for the moment; try again.",
            retry_after=2.0,
        )
    if isinstance(error, TimeoutError):
        return _too_slow()
    return None


def _too_slow() -> DeadlineExceeded:
    return DeadlineExceeded(
        "TOO_SLOW",
        zh="处理超时,请使用同一 Idempotency-Key 重试。",
        en="This took too long; ask again with the same Idempotency-Key.",
        retry_after=2.0,
    )
