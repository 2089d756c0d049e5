"""Whether an HTTP process of ours says that it is ready."""

import http.client

_SECONDS = 2.0


def is_ready(port: int) -> bool:
    """Whether GET /readyz on the loopback port answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
