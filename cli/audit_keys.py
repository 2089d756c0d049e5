"""The key with which an installation signs its audit log, made from its settings."""

from urllib.parse import urlsplit

from audit.checkpoint import Signer
from cli import configuration
from cli.configuration import Settings
from cli.failures import CannotStartError


def read_signer(settings: Settings) -> Signer:
    """Raises CannotStartError if the seed is missing or no seed."""
    try:
        seed = bytes.fromhex(settings.secret(configuration.AUDIT_SIGNING_SEED).reveal())
        return Signer(name_of(settings), seed)
    except ValueError as error:
        raise CannotStartError(
            "the audit log's signing seed or name is malformed",
            cure="Restore the seed (64 hex digits) from your backup; the name has neither spaces nor plus signs",
        ) from error


def name_of(settings: Settings) -> str:
    """Without the port, so that another port is no other log."""
    return settings.audit_name or f"{urlsplit(settings.dashboard_url).hostname or 'errata'}/audit"
