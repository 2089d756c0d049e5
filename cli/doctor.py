"""`errata doctor`: is this installation sound, and if not, what to do."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from cli import command_line, connections, operator, schema, terminal
from cli.configuration import Settings
from cli.failures import CannotStartError
from cli.operator import DEFAULT_DATA_DIRECTORY, DataDirectoryOption
from cli.version import own_version
from migrations import runner
from runtime.clock import utc_now
from runtime.redis_client import RedisClient, RedisError
from tenancy.scope import Database, SystemTransaction

_ROLES = ("ingest", "worker", "api", "jobs")
_SUPPORTED_POSTGRES = range(15, 19)
_LITTLE_SPACE_BYTES = 2 * 2**30
_CRITICAL_SPACE_BYTES = 256 * 2**20
_OLDEST_REDIS = 7
_UNREACHABLE = (SQLAlchemyError, OSError)


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    verdict: Verdict
    subject: str
    detail: str
    cure: str = ""


def doctor(data_directory: DataDirectoryOption = DEFAULT_DATA_DIRECTORY) -> None:
    """Check database, roles, partitions, queue, secrets and disk; exit code 1 if something fails."""
    operator.run(data_directory, _examine)


async def _examine(settings: Settings) -> None:
    has_failed = False
    terminal.say(f"ok    errata {own_version()}")
    async for finding in _findings(settings):
        has_failed = has_failed or finding.verdict is Verdict.FAIL
        cure = f"  → {finding.cure}" if finding.cure else ""
        terminal.say(f"{finding.verdict.value:<5} {finding.subject}: {finding.detail}{cure}")
    if has_failed:
        raise SystemExit(1)


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    yield _check_master_key(settings)
    for role in _ROLES:
        yield await _check_role(settings, role)
    yield await _check_schema(settings)
    yield await _check_partitions(settings)
    redis = connections.open_redis(settings, max_connections=1)
    try:
        async for finding in _check_redis(redis):
            yield finding
    finally:
        await redis.aclose()
    yield _check_disk(settings.data_directory or Path.cwd())


def _check_master_key(settings: Settings) -> Finding:
    try:
        connections.open_keyring(settings)
    except ValueError:
        return Finding(Verdict.FAIL, "master key", "not 64 hex digits", "Restore it from your backup of the secrets")
    except CannotStartError as error:
        return Finding(Verdict.FAIL, "master key", error.problem, error.cure)
    return Finding(Verdict.OK, "master key", "readable; without it nothing stored can be opened: keep a copy elsewhere")


async def _check_role(settings: Settings, role: str) -> Finding:
    """Signs in, and lets the database verify a signed context."""
    subject = f"PostgreSQL as errata_{role}"
    try:
        database = connections.open_database(settings, role, pool_size=1)
    except CannotStartError as error:
        return Finding(Verdict.FAIL, subject, error.problem, error.cure)
    try:
        return await _ask_version(database, subject)
    except _UNREACHABLE as error:
        cure = "Check that PostgreSQL runs and that the passwords are those of `errata bootstrap`"
        return Finding(Verdict.FAIL, subject, type(error).__name__, cure)
    finally:
        await database.close()


async def _ask_version(database: Database, subject: str) -> Finding:
    async with database.system(reason="doctor") as tx:
        row = (
            await tx.execute(
                text("SELECT current_setting('server_version_num')::int AS number, current_setting('fsync') AS fsync")
            )
        ).one()
        await tx.execute(text("SELECT tenancy.verified_context()"))
    major, minor = divmod(int(row.number), 10000)
    if major not in _SUPPORTED_POSTGRES:
        return Finding(Verdict.WARN, subject, f"version {major}.{minor}", "Use PostgreSQL 15 to 18: others are not tested")
    if row.fsync != "on":
        return Finding(Verdict.FAIL, subject, "fsync is off: a power cut loses events", "Set fsync = on")
    return Finding(Verdict.OK, subject, f"version {major}.{minor}, context verified")


async def _check_schema(settings: Settings) -> Finding:
    try:
        revision = await runner.current_revision(settings.role_url("migrator"))
    except CannotStartError as error:
        return Finding(Verdict.WARN, "schema", error.problem, "Run doctor where the migrator's password is, to check the schema")
    except _UNREACHABLE as error:
        return Finding(Verdict.FAIL, "schema", type(error).__name__, "Run `errata bootstrap`, then `errata migrate`")
    if revision is None:
        return Finding(Verdict.FAIL, "schema", "never migrated", "Run `errata migrate`")
    return Finding(Verdict.OK, "schema", f"revision {revision}")


async def _check_partitions(settings: Settings) -> Finding:
    """Today's and tomorrow's must exist: without today's, no event can be stored."""
    subject = "day partitions"
    try:
        database = connections.open_database(settings, "jobs", pool_size=1)
        try:
            async with database.system(reason="doctor") as tx:
                missing = await _missing_days(tx)
        finally:
            await database.close()
    except CannotStartError as error:
        return Finding(Verdict.WARN, subject, error.problem, error.cure)
    except _UNREACHABLE as error:
        return Finding(Verdict.FAIL, subject, type(error).__name__, "Check that PostgreSQL runs")
    if not missing:
        return Finding(Verdict.OK, subject, f"ready for {schema.DAYS_AHEAD} days ahead")
    verdict = Verdict.FAIL if utc_now().date().isoformat() in missing else Verdict.WARN
    return Finding(verdict, subject, f"missing {', '.join(missing)}", "Start `errata serve scheduler`, or run `errata migrate`")


async def _missing_days(tx: SystemTransaction) -> list[str]:
    """Days from today on whose partition of the events table does not exist, as ISO dates."""
    today, last = utc_now().date(), schema.wanted_days()[1]
    days = [today + timedelta(days=number) for number in range((last - today).days + 1)]
    names = [f"eventstore.events_{day:%Y%m%d}" for day in days]
    found = await tx.execute(
        text("SELECT name FROM unnest(CAST(:names AS text[])) AS name WHERE to_regclass(name) IS NULL"), {"names": names}
    )
    missing = set(found.scalars())
    return [day.isoformat() for day, name in zip(days, names, strict=True) if name in missing]


async def _check_redis(redis: RedisClient) -> AsyncIterator[Finding]:
    subject = "Redis"
    try:
        about: dict[str, object] = await redis.info("server")
        settings = await redis.config_get("append*", "maxmemory-policy")
    except RedisError as error:
        yield Finding(Verdict.FAIL, subject, type(error).__name__, "Check ERRATA_REDIS_URL and that Redis runs")
        return
    version = str(about.get("valkey_version") or about.get("redis_version"))
    if int(version.partition(".")[0]) < _OLDEST_REDIS:
        yield Finding(Verdict.FAIL, subject, f"version {version}", "Use Redis 7 or newer, or Valkey")
    else:
        yield Finding(Verdict.OK, subject, f"version {version}")
    durability = {_text(name): _text(value) for name, value in settings.items() if name and value}
    yield _judge_durability(durability)
    if durability.get("maxmemory-policy") == "noeviction":
        yield Finding(Verdict.OK, "Redis eviction", "off")
    else:
        yield Finding(Verdict.FAIL, "Redis eviction", "may drop accepted events", "Set maxmemory-policy noeviction")


def _judge_durability(durability: dict[str, str]) -> Finding:
    subject = "Redis durability"
    if durability.get("appendonly") != "yes":
        return Finding(Verdict.FAIL, subject, "appendonly is off: a restart loses accepted events", "Set appendonly yes")
    if durability.get("appendfsync") != "always":
        return Finding(Verdict.WARN, subject, "a power cut loses up to a second of accepted events", "Set appendfsync always")
    return Finding(Verdict.OK, subject, "every accepted event is on disk")


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _check_disk(path: Path) -> Finding:
    free = shutil.disk_usage(path).free
    detail = f"{free / 2**30:.1f} GB free where {path} is"
    if free < _CRITICAL_SPACE_BYTES:
        return Finding(Verdict.FAIL, "disk", detail, "Free space now: PostgreSQL stops when it is full")
    if free < _LITTLE_SPACE_BYTES:
        return Finding(Verdict.WARN, "disk", detail, "Free space soon")
    return Finding(Verdict.OK, "disk", detail)


if __name__ == "__main__":
    command_line.run(doctor)
