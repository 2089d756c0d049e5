"""A process that has imported everything and forks sequencers on demand, so that hundreds can be killed in seconds.

Reads one line of JSON with the URL and the context key, then one line per wanted sequencer; prints its process id when it works.
"""

import asyncio
import json
import os
import signal
import sys
from datetime import timedelta

from audit import sequencing
from audit.sequencer import Sequencer
from runtime import log_setup
from runtime.clock import utc_now
from runtime.postgres import create_engine
from runtime.secrets import Secret
from tenancy.context import ContextSigner
from tenancy.scope import Database
from tests.integration.audit.written_log import SIGNER


async def _sequence(url: str, context_key: str, ready: int) -> None:
    engine = create_engine(Secret(url), pool_size=2, application_name="test sequencer")
    database = Database(engine, ContextSigner("errata_sequencer", Secret(context_key)))
    assert await database.is_reachable()
    os.write(ready, b"r")
    await sequencing.run(Sequencer(database, SIGNER, utc_now), asyncio.Event(), period=timedelta(milliseconds=1))


def _spawn(url: str, context_key: str) -> int:
    """The process id of a sequencer which is connected."""
    readable, writable = os.pipe()
    process_id = os.fork()
    if process_id == 0:
        os.close(readable)
        try:
            asyncio.run(_sequence(url, context_key, writable))
        finally:
            os._exit(1)
    os.close(writable)
    is_ready = os.read(readable, 1)
    os.close(readable)
    return process_id if is_ready else -1


def main() -> None:
    log_setup.configure(level="WARNING", process="test sequencer")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed ones need no burial
    settings = json.loads(sys.stdin.readline())
    for _ in sys.stdin:
        print(_spawn(settings["url"], settings["context_key"]), flush=True)


if __name__ == "__main__":
    main()
