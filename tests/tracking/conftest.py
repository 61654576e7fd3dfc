"""What the tests of the store of runs share."""

import pytest


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No address of a store in the environment: mlflow writes one there, and another test may have left it."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
