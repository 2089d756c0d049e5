"""The tables of schema "processing", as migrations/sql/0001_eventstore.sql made them."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, LargeBinary, MetaData, Table, Text, Uuid

SCHEMA = "processing"
metadata = MetaData(schema=SCHEMA)

_Moment = DateTime(timezone=True)

processed_messages = Table(
    "processed_messages",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("message_id", Uuid, primary_key=True),
    Column("received_on", Date, primary_key=True),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("message_id", Uuid, primary_key=True),
    Column("project_id", BigInteger, nullable=False),
    Column("received_at", _Moment, nullable=False),
    Column("failed_at", _Moment, nullable=False),
    Column("deliveries", Integer, nullable=False),
    Column("error_class", Text, nullable=False),
    Column("stream_header", LargeBinary, nullable=False),
    Column("sealed_payload", LargeBinary, nullable=False),
)
