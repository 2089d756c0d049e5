import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from eventstore.issue_upsert import IssueConflictError
from processing.failures import Fault, fault_of, name_of
from runtime.keyring import SealBrokenError


class DriverError(Exception):
    """What the driver raises, as SQLAlchemy hands it on."""

    def __init__(self, sqlstate: str, message: str = "") -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


def database_error(sqlstate: str, message: str = "") -> DBAPIError:
    return DBAPIError("INSERT", None, DriverError(sqlstate, message))


NO_PARTITION = database_error("23514", 'no partition of relation "events" found for row')


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (ConnectionRefusedError(), Fault.UNAVAILABLE),
        (TimeoutError(), Fault.UNAVAILABLE),
        (PoolTimeoutError(), Fault.UNAVAILABLE),
        (RedisConnectionError(), Fault.UNAVAILABLE),
        (InterfaceError("SELECT", None, DriverError("")), Fault.UNAVAILABLE),
        (DriverError("57P03"), Fault.UNAVAILABLE),  # raised by connect, not wrapped
        (database_error("57P01"), Fault.UNAVAILABLE),
        (database_error("08006"), Fault.UNAVAILABLE),
        (database_error("53300"), Fault.UNAVAILABLE),
        (database_error("53100"), Fault.UNAVAILABLE),
        (database_error("28000"), Fault.UNAVAILABLE),
        (database_error("25006"), Fault.UNAVAILABLE),
        (database_error("40P01"), Fault.CONTENTION),
        (database_error("40001"), Fault.CONTENTION),
        (database_error("57014"), Fault.CONTENTION),
        (IssueConflictError("taken"), Fault.CONTENTION),
        (database_error("22021"), Fault.MESSAGE),
        (database_error("23514"), Fault.MESSAGE),
        (database_error("42501"), Fault.MESSAGE),
        (SealBrokenError(), Fault.MESSAGE),
        (ValueError(), Fault.MESSAGE),
    ],
)
def test_whose_fault_an_error_is(error: Exception, fault: Fault):
    assert fault_of(error, is_recent=True) is fault


@pytest.mark.parametrize(("is_recent", "fault"), [(True, Fault.UNAVAILABLE), (False, Fault.MESSAGE)])
def test_a_missing_partition_is_the_schedulers_fault_only_about_now(is_recent: bool, fault: Fault):
    assert fault_of(NO_PARTITION, is_recent=is_recent) is fault


def test_the_name_of_an_error_never_quotes_it():
    assert name_of(database_error("22021", "jane@example.com")) == "DBAPIError(22021)"
    assert name_of(ValueError("jane@example.com")) == "ValueError"
