"""Tables of schema tenancy, as migrations/sql/0001_tenancy.sql makes them."""

from sqlalchemy import BigInteger, Column, DateTime, Integer, LargeBinary, MetaData, Table, Text, Uuid

metadata = MetaData(schema="tenancy")
_Moment = DateTime(timezone=True)

organizations = Table(
    "organizations",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", _Moment, nullable=False),
    Column("deleted_at", _Moment),
)

data_keys = Table(
    "data_keys",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("created_at", _Moment, nullable=False),
)

teams = Table(
    "teams",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("team_id", Uuid, primary_key=True),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", _Moment, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("member_id", Uuid, primary_key=True),
    Column("user_id", Uuid, nullable=False),
    Column("email", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("created_at", _Moment, nullable=False),
)

team_members = Table(
    "team_members",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("team_id", Uuid, primary_key=True),
    Column("member_id", Uuid, primary_key=True),
)

projects = Table(
    "projects",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("project_id", BigInteger, primary_key=True),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("platform", Text),
    Column("created_at", _Moment, nullable=False),
)

project_counters = Table(
    "project_counters",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("project_id", BigInteger, primary_key=True),
    Column("last_issue_number", BigInteger, nullable=False),
)

dsn_keys = Table(
    "dsn_keys",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("key_id", Uuid, primary_key=True),
    Column("project_id", BigInteger, nullable=False),
    Column("public_key", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("grace_until", _Moment),
    Column("created_at", _Moment, nullable=False),
)
