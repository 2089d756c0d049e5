"""The spine: tenants, people, issues, events, outcomes, and the wall between tenants."""

from alembic import op

from migrations import sql_files

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("tenancy", "eventstore", "identity"):
        sql_files.run(op.get_bind(), f"0001_{name}.sql")


def downgrade() -> None:
    raise RuntimeError("the first migration is not undone: drop the database instead")
