"""What a route leaves in the audit log: said beside the scope it needs, checked by tests, shown in the API document."""

from dataclasses import dataclass

from fastapi.params import Depends as DependsMark

from audit.actions import AuditAction


@dataclass(frozen=True)
class AuditRule:
    """The action that a successful call records; or why there is none."""

    action: AuditAction | None = None
    reason: str = ""


@dataclass(frozen=True)
class _Mark:
    rule: AuditRule

    async def __call__(self) -> None:
        """Nothing to do: the record is written by the code that acts, in its transaction."""


def audited(action: AuditAction) -> DependsMark:
    """A successful call leaves a record of this action."""
    return DependsMark(_Mark(AuditRule(action)))


def unaudited(reason: str) -> DependsMark:
    """A read which shows nobody's data although its scope may; the reason says why."""
    return DependsMark(_Mark(AuditRule(reason=reason)))


def audit_rule_of(marks: list[DependsMark]) -> AuditRule | None:
    """The rule among a route's dependencies; None if there is none or more than one."""
    rules = [mark.dependency.rule for mark in marks if isinstance(mark.dependency, _Mark)]
    return rules[0] if len(rules) == 1 else None
