"""Whose fault a failure is: of what we depend on (wait), of rivals (try again), or of a message (three tries, then aside)."""

from enum import StrEnum

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from eventstore.issue_upsert import IssueConflictError
from runtime.redis_client import RedisUnavailable


class Fault(StrEnum):
    UNAVAILABLE = "unavailable"
    CONTENTION = "contention"
    MESSAGE = "message"


# SQLSTATE classes and codes.  Source: PostgreSQL documentation, appendix A.
_UNAVAILABLE_STATES = ("08", "25006", "28", "3D", "53", "57P", "58")  # connection, read-only standby, login, resources, shutdown
_CONTENTION_STATES = ("40", "55P03", "57014")  # rolled back for a rival, lock or statement timeout
_CHECK_VIOLATION = "23514"  # also "no partition of relation … found for row"
_NO_PARTITION = "no partition of relation"


def fault_of(error: BaseException, *, is_recent: bool) -> Fault:
    """Classify a failed batch or message.

    `is_recent`: the messages were received about now; then a missing day partition is the scheduler's fault, not theirs.
    """
    state = _sqlstate(error)
    if isinstance(error, IssueConflictError) or state.startswith(_CONTENTION_STATES):
        return Fault.CONTENTION
    if _is_connection_loss(error) or state.startswith(_UNAVAILABLE_STATES):
        return Fault.UNAVAILABLE
    if state == _CHECK_VIOLATION and is_recent and _NO_PARTITION in str(getattr(error, "orig", "")):
        return Fault.UNAVAILABLE
    return Fault.MESSAGE


def _is_connection_loss(error: BaseException) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, (*RedisUnavailable, OSError, TimeoutError, PoolTimeoutError, InterfaceError))


def name_of(error: BaseException) -> str:
    """What may be logged and kept of an error: its class and SQLSTATE, never its text, which may quote people's data."""
    state = _sqlstate(error)
    return f"{type(error).__name__}({state})" if state else type(error).__name__


def _sqlstate(error: BaseException) -> str:
    """Of an error of the driver, or of one that SQLAlchemy wrapped."""
    for candidate in (error, getattr(error, "orig", None)):
        state = getattr(candidate, "sqlstate", None)
        if isinstance(state, str):
            return state
    return ""
