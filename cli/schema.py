"""Roles, schema and day partitions of an installation's database: what `errata up`, `bootstrap` and `migrate` share."""

from datetime import date, timedelta

from sqlalchemy.engine import make_url

from cli import configuration
from cli.configuration import Settings
from migrations import bootstrap, runner
from runtime.clock import utc_now
from tenancy import day_partitions
from tenancy.scope import Database

DAYS_AHEAD = 7
DAYS_BEHIND = 1  # messages that waited in the stream over midnight keep the day of the edge's clock


async def make_roles_and_database(settings: Settings) -> str:
    """Idempotent; needs the admin URL.  Returns the database's name."""
    name = make_url(settings.database_url).database or "errata"
    passwords = {role: settings.find_secret(configuration.password_of(role)) for role in bootstrap.LOGIN_ROLES}
    known = {role: password for role, password in passwords.items() if password is not None}
    await bootstrap.bootstrap(settings.admin_database_url(), database=name, passwords=known)
    return name


async def migrate(settings: Settings) -> str | None:
    """Run the missing migrations and store the context keys that are configured; returns the revision."""
    keys = {role: settings.find_secret(configuration.context_key_of(role)) for role in bootstrap.LOGIN_ROLES}
    known = {role: key for role, key in keys.items() if key is not None}
    await runner.upgrade(settings.role_url("migrator"), context_keys=known)
    return await runner.current_revision(settings.role_url("migrator"))


def wanted_days() -> tuple[date, date]:
    """First and last day for which partitions are kept ready."""
    today = utc_now().date()
    return today - timedelta(days=DAYS_BEHIND), today + timedelta(days=DAYS_AHEAD)


async def ensure_partitions(jobs_database: Database) -> int:
    """Make the missing day partitions as the role errata_jobs; returns how many were made."""
    first, last = wanted_days()
    async with jobs_database.system(reason="make day partitions") as tx:
        return await day_partitions.ensure(tx, first=first, last=last)
