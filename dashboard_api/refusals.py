"""Why a request is refused, as exceptions of this door; errors.py alone turns them into answers."""

from datetime import timedelta

from identity.scopes import Scope


class NotFoundError(Exception):
    """Unknown, malformed or another tenant's: nobody learns which."""


class UnauthenticatedError(Exception):
    """No credential, or one that is wrong, ended or revoked: nobody learns which."""


class ScopeMissingError(Exception):
    def __init__(self, scope: Scope) -> None:
        super().__init__(f"needs the scope {scope}")
        self.scope = scope


class ScopeNotGrantableError(Exception):
    """An API key was to get a scope which its maker has not."""


class PersonNeededError(Exception):
    """Only a signed-in person may do this, no API key."""


class OrganizationMissingError(Exception):
    """The person is signed in and a member of no organization."""


class CrossSiteRequestError(Exception):
    """A change with the cookie as credential which does not come from our own pages."""


class InvalidCursorError(Exception):
    """The cursor was not made by us for this list."""


class TooManyTriesError(Exception):
    def __init__(self, retry_after: timedelta) -> None:
        super().__init__("too many tries")
        self.retry_after = retry_after


class WrongCredentialsError(Exception):
    """Says not whether the address, the password or the account was wrong."""


class CheckpointLateError(Exception):
    """It is done and recorded, but no checkpoint covers the record yet: the sequencer is behind or away."""


class ExportNotReadyError(Exception):
    """The export is not made yet, failed, or has expired."""


class ExportsUnavailableError(Exception):
    """This installation has no place for exports."""


class LiveFeedUnavailableError(Exception):
    """Too many live feeds, or Redis is away."""
