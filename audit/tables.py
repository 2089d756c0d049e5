"""The tables of schema audit, as migrations/sql/0002_audit.sql makes them."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, LargeBinary, MetaData, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import UserDefinedType

metadata = MetaData(schema="audit")
_Moment = DateTime(timezone=True)


class TransactionId(UserDefinedType[str]):
    """PostgreSQL's xid8; written by the database alone."""

    cache_ok = True

    def get_col_spec(self, **kw: object) -> str:
        del kw
        return "xid8"


pending = Table(
    "pending",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("record_id", Uuid, primary_key=True),
    Column("transaction_id", TransactionId, nullable=False),
    Column("action_number", Integer, nullable=False),
    Column("entry", LargeBinary, nullable=False),
    Column("created_at", _Moment, nullable=False),
)

nodes = Table(
    "nodes",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("level", SmallInteger, primary_key=True),
    Column("node_index", BigInteger, primary_key=True),
    Column("hash", LargeBinary, nullable=False),
)

leaves = Table(
    "leaves",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("leaf_index", BigInteger, primary_key=True, autoincrement=False),
    Column("record_id", Uuid, nullable=False),
    Column("sequenced_at", _Moment, nullable=False),
    Column("occurred_at", _Moment, nullable=False),
    Column("action_number", Integer, nullable=False),
    Column("actor_id", Uuid),
    Column("target_kind", Text),
    Column("target_id", Text),
    Column("entry", LargeBinary),
    Column("leaf_hash", LargeBinary, nullable=False),
)

trees = Table(
    "trees",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("range_hashes", ARRAY(LargeBinary), nullable=False),
    Column("sequenced_at", _Moment, nullable=False),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
    Column("created_at", _Moment, nullable=False),
)

disclosures = Table(
    "disclosures",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("record_id", Uuid, nullable=False),
    Column("key_version", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

verifier_keys = Table(
    "verifier_keys",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("vkey", Text, primary_key=True),
    Column("first_size", BigInteger, nullable=False),
)

exports = Table(
    "exports",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("export_id", Uuid, primary_key=True),
    Column("record_id", Uuid, nullable=False),
    Column("requested_by", Uuid),
    Column("filters", JSONB, nullable=False),
    Column("with_disclosures", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("progress", SmallInteger, nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("created_at", _Moment, nullable=False),
    Column("heartbeat_at", _Moment),
    Column("finished_at", _Moment),
    Column("expires_at", _Moment),
    Column("key_version", Integer),
    Column("size_bytes", BigInteger),
)
