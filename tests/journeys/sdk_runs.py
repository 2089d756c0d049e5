"""Running the small applications with real SDKs: only the DSN tells them about us."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from dataclasses import dataclass, replace
from pathlib import Path

from tests.journeys import node_packages

_HERE = Path(__file__).parent
_RUN_SECONDS = 30.0


@dataclass(frozen=True)
class SdkApplication:
    """One of the two shops, deployed: its release and environment belong to the deployment, its DSN says where errors go."""

    name: str
    command: tuple[str, ...]
    dsn: str
    release: str = "shop@2.4.1"
    environment: str = "staging"


@dataclass(frozen=True)
class Reported:
    event_id: str
    answered_at: float  # epoch seconds by this machine's clock, when the SDK had the server's answer


def python_shop(dsn: str) -> SdkApplication:
    return SdkApplication("sentry-sdk", (sys.executable, str(_HERE / "sdk_programs" / "shop.py")), dsn)


def node_shop(dsn: str) -> SdkApplication:
    return SdkApplication("@sentry/node", (node_packages.find("node"), str(_HERE / "node" / "shop.mjs")), dsn)


def deployed(application: SdkApplication, *, release: str) -> SdkApplication:
    return replace(application, release=release)


async def report(application: SdkApplication, errand: str) -> Reported:
    """Let the application run into this error in a process of its own."""
    settings = {
        "SENTRY_DSN": application.dsn,
        "SENTRY_RELEASE": application.release,
        "SENTRY_ENVIRONMENT": application.environment,
    }
    process = await asyncio.create_subprocess_exec(
        *application.command, errand, env=node_packages.environment() | settings, cwd=_HERE, stdout=PIPE, stderr=PIPE
    )
    async with asyncio.timeout(_RUN_SECONDS):
        output, problems = await process.communicate()
    assert process.returncode == 0, problems.decode()
    line = json.loads(output)
    return Reported(line["event_id"], line["answered_at"])
