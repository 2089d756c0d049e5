"""Every act that is recorded: `resource.verb`, with a number that is never reused.

To add one: append it with the next number.  To retire one: keep the line.  `tests/unit/audit` guards both.
"""

from enum import Enum


class AuditAction(Enum):
    """Value: (number, name, whether the answer waits until a checkpoint covers the record)."""

    ORGANIZATION_CREATED = (1, "organization.create", False)
    USER_SIGNED_IN = (2, "session.create", False)
    USER_SIGN_IN_REFUSED = (3, "session.refuse", False)
    USER_SIGNED_OUT = (4, "session.revoke", False)
    MEMBER_ADDED = (5, "member.add", False)
    MEMBER_ROLE_CHANGED = (6, "member.change_role", False)
    MEMBER_REMOVED = (7, "member.remove", False)
    PROJECT_CREATED = (8, "project.create", False)
    PROJECT_CHANGED = (9, "project.change", False)
    PROJECT_DELETED = (10, "project.delete", True)
    DSN_KEY_CREATED = (11, "dsn_key.create", False)
    DSN_KEY_ROTATED = (12, "dsn_key.rotate", False)
    DSN_KEY_DISABLED = (13, "dsn_key.disable", False)
    API_KEY_CREATED = (14, "api_key.create", False)
    API_KEY_REVOKED = (15, "api_key.revoke", False)
    ISSUE_STATUS_CHANGED = (16, "issue.change_status", False)
    ISSUES_LISTED = (17, "issue.list", False)
    ISSUE_OPENED = (18, "issue.open", False)
    EVENTS_LISTED = (19, "event.list", False)
    EVENT_OPENED = (20, "event.open", False)
    AUDIT_SEARCHED = (21, "audit.search", False)
    AUDIT_EXPORTED = (22, "audit.export", True)
    SCRUB_POLICY_CHANGED = (23, "scrub_policy.change", False)
    DATA_KEYS_CREATED = (24, "data_key.create", False)
    MEMBERS_LISTED = (25, "member.list", False)
    FACETS_LISTED = (26, "issue.list_facets", False)
    AUDIT_EXPORT_DOWNLOADED = (27, "audit.download", True)
    DISCLOSURES_ERASED = (28, "disclosure.erase", True)

    @property
    def number(self) -> int:
        return self.value[0]

    @property
    def label(self) -> str:
        return self.value[1]

    @property
    def awaits_checkpoint(self) -> bool:
        """High-assurance acts answer only after a checkpoint covers them."""
        return self.value[2]


BY_NUMBER = {action.number: action for action in AuditAction}
BY_LABEL = {action.label: action for action in AuditAction}
