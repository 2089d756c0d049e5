"""Runs a file of SQL statements in the open transaction of a connection."""

from importlib.resources import files

from sqlalchemy import Connection


def run(connection: Connection, name: str) -> None:
    """Run `migrations/sql/<name>`."""
    run_text(connection, files("migrations").joinpath("sql", name).read_text())


def run_text(connection: Connection, sql: str) -> None:
    """Send `sql` as one simple query, which alone may hold several statements.

    The harmless first statement makes SQLAlchemy open its transaction; the raw query then runs inside it.
    """
    connection.exec_driver_sql("SELECT 1")
    raw = connection.connection.dbapi_connection
    if raw is None:
        raise RuntimeError("the connection is closed")
    raw.run_async(lambda driver: driver.execute(sql))
