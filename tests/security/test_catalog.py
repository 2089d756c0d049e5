"""The wall between tenants as the catalog shows it, and proof that each rule of the check can fail."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from sqlalchemy import text

from migrations import sql_files
from runtime.postgres import create_engine
from runtime.secrets import Secret
from tests.conftest import DATABASE, DatabaseFor

CHECK = files("migrations").joinpath("sql/catalog_isolation.sql").read_text()
ALL_RULES = {"T1", "T2", "T3", "T4", "T5", "V1", "V2", "U1", "F1", "R1", "R2", "R3", "D1", "L1", "S1"}


async def _violations(admin_url: str, database: str) -> list[tuple[str, str]]:
    engine = create_engine(Secret(admin_url.replace("/postgres?", f"/{database}?")), pool_size=1, application_name="catalog test")
    try:
        async with engine.connect() as connection:
            return [(row.rule, row.object) for row in await connection.execute(text(CHECK.replace(":", r"\:")))]
    finally:
        await engine.dispose()


async def test_the_migrated_database_breaks_no_rule(postgres_admin_url: str, database_for: DatabaseFor) -> None:
    database_for("api")  # migrated, with partitions made
    assert await _violations(postgres_admin_url, DATABASE) == []


async def test_the_check_sees_the_partitions(postgres_admin_url: str, database_for: DatabaseFor) -> None:
    database_for("api")
    engine = create_engine(
        Secret(postgres_admin_url.replace("/postgres?", f"/{DATABASE}?")), pool_size=1, application_name="catalog test"
    )
    try:
        async with engine.connect() as connection:
            count = await connection.execute(text("SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r'"))
            assert count.scalar_one() >= 8
    finally:
        await engine.dispose()


async def test_every_rule_fires_on_the_bad_schema(postgres_admin_url: str, database_url_for: Callable[[str], str]) -> None:
    assert database_url_for("api")  # the roles exist
    engine = create_engine(Secret(postgres_admin_url), pool_size=1, application_name="catalog test")
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.exec_driver_sql("DROP DATABASE IF EXISTS errata_catalog_bad")
        await connection.exec_driver_sql("CREATE DATABASE errata_catalog_bad TEMPLATE template0")
    await engine.dispose()
    bad = create_engine(
        Secret(postgres_admin_url.replace("/postgres?", "/errata_catalog_bad?")), pool_size=1, application_name="catalog test"
    )
    async with bad.begin() as connection:
        await connection.run_sync(sql_files.run_text, Path(__file__).with_name("catalog_bad.sql").read_text())
    await bad.dispose()
    fired = {rule.split()[0] for rule, _ in await _violations(postgres_admin_url, "errata_catalog_bad")}
    assert fired == ALL_RULES
