"""The tables of schema "eventstore", as migrations/sql/0001_eventstore.sql made them.

Written by hand on purpose: the migration is the truth (policies, foreign keys, indexes), this is what statements are built from.
"""

from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, LargeBinary, MetaData, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA = "eventstore"
metadata = MetaData(schema=SCHEMA)

_Moment = DateTime(timezone=True)

issues = Table(
    "issues",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("issue_id", Uuid, primary_key=True),
    Column("project_id", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("type", Text),
    Column("value", Text),
    Column("title", Text, nullable=False),
    Column("culprit", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("level_rank", SmallInteger, nullable=False),
    Column("platform", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("substatus", Text, nullable=False),
    Column("first_seen", _Moment, nullable=False),
    Column("last_seen", _Moment, nullable=False),
    Column("event_count", BigInteger, nullable=False),
    Column("user_count", BigInteger, nullable=False),
    Column("first_release", Text),
    Column("last_release", Text),
    Column("status_changed_at", _Moment, nullable=False),
    Column("regressed_at", _Moment),
)

issue_fingerprints = Table(
    "issue_fingerprints",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("project_id", BigInteger, primary_key=True),
    Column("fingerprint", LargeBinary, primary_key=True),
    Column("version", Text, nullable=False),
    Column("variant", Text, nullable=False),
    Column("issue_id", Uuid, nullable=False),
    Column("created_at", _Moment, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("project_id", BigInteger, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("received_on", Date, primary_key=True),
    Column("received_at", _Moment, nullable=False),
    Column("occurred_at", _Moment, nullable=False),
    Column("issue_id", Uuid, nullable=False),
    Column("message_id", Uuid, nullable=False),
    Column("key_id", Uuid, nullable=False),
    Column("level", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("release", Text),
    Column("title", Text, nullable=False),
    Column("culprit", Text, nullable=False),
    Column("user_hash", LargeBinary),
    Column("summary", JSONB, nullable=False),
    Column("body_format", SmallInteger, nullable=False),
    Column("body_key_version", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

issue_hourly = Table(
    "issue_hourly",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("issue_id", Uuid, primary_key=True),
    Column("environment", Text, primary_key=True),
    Column("hour", _Moment, primary_key=True),
    Column("project_id", BigInteger, nullable=False),
    Column("event_count", BigInteger, nullable=False),
)

issue_tags = Table(
    "issue_tags",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("issue_id", Uuid, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("project_id", BigInteger, nullable=False),
    Column("first_seen", _Moment, nullable=False),
    Column("last_seen", _Moment, nullable=False),
    Column("times_seen", BigInteger, nullable=False),
)

issue_users = Table(
    "issue_users",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("issue_id", Uuid, primary_key=True),
    Column("user_hash", LargeBinary, primary_key=True),
    Column("first_seen", _Moment, nullable=False),
    Column("last_seen", _Moment, nullable=False),
    Column("times_seen", BigInteger, nullable=False),
)

releases = Table(
    "releases",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("project_id", BigInteger, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("first_seen", _Moment, nullable=False),
    Column("last_seen", _Moment, nullable=False),
    Column("event_count", BigInteger, nullable=False),
)

environments = Table(
    "environments",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("project_id", BigInteger, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("first_seen", _Moment, nullable=False),
    Column("last_seen", _Moment, nullable=False),
    Column("event_count", BigInteger, nullable=False),
)

outcome_hourly = Table(
    "outcome_hourly",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("project_id", BigInteger, primary_key=True),
    Column("key_id", Uuid, primary_key=True),
    Column("hour", _Moment, primary_key=True),
    Column("category", Text, primary_key=True),
    Column("outcome", Text, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("quantity", BigInteger, nullable=False),
)
