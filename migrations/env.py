"""Alembic's entry point: runs on the connection that migrations.runner hands over, as errata_owner."""

from alembic import context
from sqlalchemy import Connection

LOCK_TIMEOUT = "4s"  # a migration that cannot get its lock fails instead of queueing everybody behind it


def run() -> None:
    connection: Connection = context.config.attributes["connection"]
    connection.exec_driver_sql("SET ROLE errata_owner")
    connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
    connection.commit()
    context.configure(connection=connection, version_table_schema="migrations", transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


run()
