"""The audit log: pending records, the tenant's tree, checkpoints and disclosures."""

from alembic import op

from migrations import sql_files

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql_files.run(op.get_bind(), "0002_audit.sql")


def downgrade() -> None:
    raise RuntimeError("an audit log is not undone")
