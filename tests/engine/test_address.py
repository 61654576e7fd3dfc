import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.engine.address import VARIABLE, cluster_address


@pytest.mark.parametrize("held", ["", " "])
def test_address__is_none_without_the_variable(monkeypatch: pytest.MonkeyPatch, held: str) -> None:
    monkeypatch.setenv(VARIABLE, held)
    assert cluster_address() is None


@pytest.mark.parametrize("held", ["tcp://10.0.0.7:8786", "tls://scheduler.example:8786", " tcp://[::1]:8786 "])
def test_address__is_what_the_variable_holds(monkeypatch: pytest.MonkeyPatch, held: str) -> None:
    monkeypatch.setenv(VARIABLE, held)
    assert cluster_address() == held.strip()


@pytest.mark.parametrize("held", ["secret", "http://secret:80", "tcp://secret", "tcp://:8786", "tcp://secret:port"])
def test_address__that_is_none_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch, held: str) -> None:
    monkeypatch.setenv(VARIABLE, held)
    with pytest.raises(ScalebridgeError, match="holds no address of a Dask scheduler") as refused:
        cluster_address()
    assert "secret" not in str(refused.value)
