"""The demo organization: one owner, one project with a DSN key, one API key."""

import secrets
from dataclasses import dataclass

from identity import api_keys, login, users
from identity.scopes import Role, scopes_of
from protocol.dsn import Dsn
from runtime.acting import Acting, ActingKind
from runtime.clock import utc_now
from runtime.keyring import LocalKeyring
from runtime.secrets import Secret
from tenancy import dsn_keys, projects
from tenancy.scope import Database

ACTING = Acting(ActingKind.OPERATOR, reason="errata up: first start")
_EMAIL_NAME, _EMAIL_DOMAIN = "admin", "errata.example"  # RFC 2606: a name that never reaches anybody


@dataclass(frozen=True, slots=True)
class Demo:
    email: str
    password: Secret
    api_key: Secret
    public_key: str
    project_id: int

    def dsn_at(self, host: str, port: int) -> Dsn:
        return Dsn("http", self.public_key, host, port, "", self.project_id)


async def create(database: Database, keyring: LocalKeyring) -> Demo:
    """Make it through the product's own functions, as role api."""
    password = Secret(secrets.token_urlsafe(15))
    email, signed_up = await _sign_up(database, keyring, password)
    now = utc_now()
    async with database.tenant(signed_up.organization_id, user_id=signed_up.user_id, acting=ACTING) as tx:
        project = await projects.create(tx, name="Demo", slug="demo", platform=None, now=now)
        key = await dsn_keys.create(tx, project.project_id, label="Default", now=now)
        api_key = await api_keys.create(tx, name="Demo", scopes=scopes_of(Role.OWNER), created_by=signed_up.user_id, now=now)
    return Demo(email, password, api_key.secret, key.public_key, project.project_id)


async def _sign_up(database: Database, keyring: LocalKeyring, password: Secret) -> tuple[str, login.SignedUp]:
    """A start that was killed half-way has taken the first address: the next start takes another."""
    email = f"{_EMAIL_NAME}@{_EMAIL_DOMAIN}"
    try:
        return email, await _sign_up_as(database, keyring, email=email, password=password)
    except users.EmailTakenError:
        email = f"{_EMAIL_NAME}-{secrets.token_hex(3)}@{_EMAIL_DOMAIN}"
        return email, await _sign_up_as(database, keyring, email=email, password=password)


async def _sign_up_as(database: Database, keyring: LocalKeyring, *, email: str, password: Secret) -> login.SignedUp:
    return await login.sign_up(
        database,
        keyring,
        clock=utc_now,
        email=email,
        password=password,
        display_name="Demo admin",
        organization_name="Demo",
        acting=ACTING,
    )
