"""A program instrumented with OpenTelemetry, pointed at an installation over HTTP and over gRPC, and what the REST API then shows."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter

from tests.journeys.patience import eventually
from tests.journeys.rest import Json, Project, RestApi
from tests.journeys.running_errata import Endpoints, RunningErrata

VISIBLE_SECONDS = 10.0
RESOURCE = {"service.name": "shop", "service.version": "3.1", "deployment.environment.name": "staging", "host.name": "web-7"}


class NoSuchOrderError(Exception):
    pass


def http_exporter(endpoints: Endpoints, project: Project) -> SpanExporter:
    headers = {"x-sentry-auth": f"sentry sentry_key={project.public_key}"}
    base = f"{endpoints.ingest_url}/api/{project.project_id}/integration/otlp"
    return HttpSpanExporter(endpoint=f"{base}/v1/traces", headers=headers)


def grpc_exporter(endpoints: Endpoints, project: Project) -> SpanExporter:
    headers = (("x-sentry-auth", f"sentry sentry_key={project.public_key}"),)
    return GrpcSpanExporter(endpoint=endpoints.otlp_grpc, insecure=True, headers=headers)


def _find_order(number: str) -> None:
    raise NoSuchOrderError(f"order {number} is unknown to jane.doe@example.com")


def fail(exporter: SpanExporter, number: str) -> None:
    """One exception that escapes from two spans."""
    provider = TracerProvider(resource=Resource.create(RESOURCE))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("shop.orders")
    with suppress(NoSuchOrderError), tracer.start_as_current_span("GET /orders"), tracer.start_as_current_span("SELECT"):
        _find_order(number)
    provider.shutdown()


@pytest.mark.parametrize("make_exporter", [http_exporter, grpc_exporter])
async def test_an_exception_recorded_on_two_spans_is_one_issue_with_one_event(
    rest: RestApi, errata: RunningErrata, make_exporter: Callable[[Endpoints, Project], SpanExporter]
) -> None:
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)
    project = await rest.new_project(f"otlp {uuid4().hex[:8]}", "python")
    await asyncio.to_thread(fail, make_exporter(errata.endpoints, project), "17")

    async def only_issue() -> Json | None:
        items: list[Json] = (await rest.get(f"/projects/{project.project_id}/issues"))["items"]
        return items[0] if items else None

    issue = await eventually(only_issue, what="the issue is visible", within=VISIBLE_SECONDS)
    assert (issue["type"], issue["event_count"], issue["last_release"]) == ("NoSuchOrderError", 1, "3.1")
    event = (await rest.get(f"/issues/{issue['id']}/events/latest"))["event"]
    assert (event["environment"], event["server_name"], event["platform"]) == ("staging", "web-7", "python")
    assert event["exceptions"][-1]["frames"][-1]["function"] == "_find_order"
    assert "jane.doe" not in str(event)
    counted = (await rest.get(f"/projects/{project.project_id}/outcomes", period="24h"))["items"]
    assert sorted((item["category"], item["reason"], item["quantity"]) for item in counted) == [
        ("error", "", 1),
        ("error", "duplicate_event", 1),
    ]
