"""What became of a project's items."""

from fastapi import APIRouter

from dashboard_api.dependencies import CurrentTenant, Wiring, requires
from dashboard_api.path_ids import ProjectInPath
from dashboard_api.periods import length_of
from dashboard_api.schema import Answer, Period
from eventstore import outcome_report
from identity.scopes import Scope

router = APIRouter(prefix="/api/v1/projects/{project_id}/outcomes", tags=["outcomes"])


class OutcomeRow(Answer):
    """`reason` is empty for what was accepted."""

    category: str
    outcome: str
    reason: str
    quantity: int


class OutcomeList(Answer):
    items: list[OutcomeRow]


@router.get("", dependencies=[requires(Scope.OUTCOME_READ)])
async def list_outcomes(
    project: ProjectInPath, tenant: CurrentTenant, wiring: Wiring, period: Period = Period.DAY
) -> OutcomeList:
    """Items by category, outcome and reason; the first hour of the period counts in full."""
    since = wiring.clock() - length_of(period)
    rows = await outcome_report.sums(tenant.tx, project.project_id, since=since)
    return OutcomeList(
        items=[OutcomeRow(category=row.category, outcome=row.outcome, reason=row.reason, quantity=row.quantity) for row in rows]
    )
