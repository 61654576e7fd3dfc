"""A server for all tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.support.live_servers import ServedPlant, served_plant
from tests.support.opcua_vessels import history, minute

BAD, UNCERTAIN = 0x80310000, 0x40920000
"""BadNoCommunication and UncertainInitialValue."""


@pytest.fixture(scope="session")
def plant() -> Iterator[ServedPlant]:
    """A server, which needs three seconds to start. Tests that follow have a vessel of their own."""
    followed_later = {f"{name}.TI": history(5)["V1.TI"] for name in ("F1", "F2", "F3")}
    bad = [(minute(0), 0.0, 0), (minute(1), 1.0, BAD), (minute(2), 2.0, UNCERTAIN)]
    records = history() | {"Q.TI": bad} | followed_later
    with served_plant(list(records), records, page=7) as served:
        yield served
