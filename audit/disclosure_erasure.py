"""Erases what the log says about people in clear: the digests, and with them every proof, stay as they are."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, delete, or_, select

from audit import trail
from audit.actions import AuditAction
from audit.tables import disclosures, leaves
from audit.transaction import TenantScope


async def records_about(tx: TenantScope, person_id: UUID) -> list[UUID]:
    """Sequenced records in which the person acts or is acted upon."""
    is_target = and_(leaves.c.target_kind == "user", leaves.c.target_id == str(person_id))
    statement = select(leaves.c.record_id).where(or_(leaves.c.actor_id == person_id, is_target)).order_by(leaves.c.leaf_index)
    return [row.record_id for row in await tx.execute(statement)]


async def erase_disclosures(tx: TenantScope, record_ids: Sequence[UUID]) -> int:
    """Delete the disclosures of these records for good; returns how many there were.  Records that it did so, and no more.

    Only errata_jobs may.  Dead row versions stay in the table's files until vacuum, and in backups until those end.
    """
    statement = delete(disclosures).where(disclosures.c.record_id.in_(record_ids)).returning(disclosures.c.digest)
    erased = len((await tx.execute(statement)).all())
    await trail.record(tx, AuditAction.DISCLOSURES_ERASED, details={"records": len(record_ids), "disclosures": erased})
    return erased
