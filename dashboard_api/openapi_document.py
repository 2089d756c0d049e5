"""`python -m dashboard_api.openapi_document`: the OpenAPI document on standard output, without a database."""

import json
import sys

from dashboard_api.app import document


def render() -> str:
    """Deterministic text with a final newline."""
    return json.dumps(document(), indent=2, ensure_ascii=False, sort_keys=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render())
