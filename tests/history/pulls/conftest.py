"""One server of PostgreSQL for the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.support.postgresql import Server, postgresql_server


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    with postgresql_server() as running:
        yield running
