"""No change of keys, members, projects or organizations without an audit record; exports of the log."""

from alembic import op

from migrations import sql_files

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql_files.run(op.get_bind(), "0004_audit_demands.sql")


def downgrade() -> None:
    raise RuntimeError("an audit log is not undone")
