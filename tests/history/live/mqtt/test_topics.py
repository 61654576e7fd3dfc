import pytest

from pipeline.history.live.mqtt.topics import names_in, subscription

TOPICS = ["plant/{equipment}/{tag}", "lab/+/{tag}", "all/{batch}/#"]


@pytest.mark.parametrize(
    ("topic", "named"),
    [
        ("plant/V1/TI", {"equipment": "V1", "tag": "TI"}),
        ("lab/x/PHI", {"tag": "PHI"}),
        ("all/B1/a/b", {"batch": "B1"}),
        ("all/B1", {"batch": "B1"}),
        ("plant/V1", None),
        ("plant/V1/TI/x", None),
        ("other/V1/TI", None),
    ],
)
def test_names_in__reads_levels_in_braces(topic: str, named: dict[str, str] | None) -> None:
    assert names_in(TOPICS, topic) == named


def test_subscription__is_a_filter_of_mqtt() -> None:
    assert [subscription(one) for one in TOPICS] == ["plant/+/+", "lab/+/+", "all/+/#"]
