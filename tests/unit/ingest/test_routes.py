import pytest

from ingest import routes
from ingest.routes import Endpoint, Route

KEY = "a94ae32be2584e0bbd7a4cbb95971fed"


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/1/envelope/", Route(Endpoint.ENVELOPE, project="1")),
        ("/api/1/envelope", Route(Endpoint.ENVELOPE, project="1")),
        ("/sub/path/api/1/envelope/", Route(Endpoint.ENVELOPE, project="1")),
        ("/api/api/7/store/", Route(Endpoint.STORE, project="7")),
        ("/api/store/", Route(Endpoint.STORE)),
        ("/sub/api/store", Route(Endpoint.STORE)),
        ("/api/abc/envelope/", Route(Endpoint.ENVELOPE, project="abc")),
        ("/api/1/security/", Route(Endpoint.SECURITY, project="1")),
        ("/api/1/csp-report/", Route(Endpoint.SECURITY, project="1")),
        ("/api/1/nel/", Route(Endpoint.NEL, project="1")),
        ("/api/1/minidump", Route(Endpoint.MINIDUMP, project="1")),
        (f"/api/1/unreal/{KEY}/", Route(Endpoint.UNREAL, project="1", public_key=KEY)),
        ("/api/1/events/0a/attachments/", Route(Endpoint.ATTACHMENTS, project="1")),
        ("/api/1/cron/nightly/", Route(Endpoint.CRON, project="1")),
        (f"/api/1/cron/nightly/{KEY}", Route(Endpoint.CRON, project="1", public_key=KEY)),
        (f"/api/1/cron/api/{KEY}/", Route(Endpoint.CRON, project="1", public_key=KEY)),
        ("/api/1/integration/otlp/v1/traces", Route(Endpoint.OTLP_TRACES, project="1")),
        ("/api/1/otlp/v1/logs/", Route(Endpoint.OTLP_LOGS, project="1")),
        ("/v1/metrics", Route(Endpoint.OTLP_METRICS)),
        ("/tunnel", Route(Endpoint.TUNNEL)),
        ("/tunnel/same", Route(Endpoint.TUNNEL)),
        ("/monitoring/tunnel/", Route(Endpoint.TUNNEL)),
        ("/healthz", Route(Endpoint.HEALTHZ)),
        ("/", None),
        ("/api/1/", None),
        ("/api/1/envelope/x", None),
        ("/api/../../admin/envelope/", None),
        ("/api//envelope/", None),
        ("/favicon.ico", None),
        ("/" + "a" * 10_000 + "/api/1/envelope/", None),
    ],
)
def test_a_path_leads_to_its_endpoint_under_any_prefix(path: str, route: Route | None) -> None:
    assert routes.find(path) == route
