"""What is chosen for the monitoring of running batches."""

import pytest

from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.monitoring.settings import MonitoringConfig


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"channels": ["fast", "deep"]}, "channels are some of fast, middle, slow, samples, agreement; given is deep"),
        ({"channels": []}, "given is none"),
        ({"ahead": {"fast": 0.01}}, "ahead has no entry for the channel 'middle'"),
        ({"promised_rate": 0.0}, "promised_rate"),
        ({"alarms": 1}, "alarms"),
    ],
)
def test_settings__that_cannot_be_used_are_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(ScalebridgeError, match=said):
        parse(MonitoringConfig, given, "monitoring")


def test_settings__need_no_horizon_of_a_channel_that_is_not_watched() -> None:
    found = parse(MonitoringConfig, {"channels": ["slow", "samples"], "ahead": {}}, "monitoring")
    assert isinstance(found, MonitoringConfig)
