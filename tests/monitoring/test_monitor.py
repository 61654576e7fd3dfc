"""Which rehearsed kind stands for a kind of question."""

import pytest

from pipeline.monitoring.monitor import nearest

ALL = ("next_batch", "new_scale", "new_lineage", "beyond_scale")


@pytest.mark.parametrize(
    ("kind", "rehearsed", "near"),
    [
        *((kind, ALL, kind) for kind in ALL),
        ("new_scale", ("next_batch", "beyond_scale"), "beyond_scale"),
        ("new_scale", ("next_batch",), "next_batch"),
        ("beyond_scale", ("next_batch", "new_scale"), "new_scale"),
        ("new_place", ("next_batch", "new_scale"), "new_scale"),
        ("new_source", ("next_batch", "new_lineage"), "new_lineage"),
        ("next_batch", ("next_batch", "new_scale"), "next_batch"),
    ],
)
def test_nearest__is_the_kind_itself_or_the_next_harder_one(kind: str, rehearsed: tuple[str, ...], near: str) -> None:
    assert nearest(kind, rehearsed) == near
