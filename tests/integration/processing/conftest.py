import pytest

from runtime.keyring import LocalKeyring
from runtime.redis_client import RedisClient
from tests.conftest import DatabaseFor
from tests.integration.processing.edge import Edge


@pytest.fixture
def edge(redis: RedisClient, database_for: DatabaseFor, keyring: LocalKeyring) -> Edge:
    return Edge(redis, database_for("worker"), keyring)
