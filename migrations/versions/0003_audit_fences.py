"""The audit log's inner fences, and the public keys that signed each tenant's log."""

from alembic import op

from migrations import sql_files

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql_files.run(op.get_bind(), "0003_audit_fences.sql")


def downgrade() -> None:
    raise RuntimeError("an audit log is not undone")
