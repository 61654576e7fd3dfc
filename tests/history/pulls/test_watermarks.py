"""From where the next pull asks for rows."""

from datetime import UTC, date, datetime

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.pulls import SqlPull
from pipeline.history.pulls.watermarks import since


def pull(overlap: str | int | None) -> SqlPull:
    return SqlPull(kind="sql", connection="x", table="t", key=("id",), watermark="w", overlap=overlap)


@pytest.mark.parametrize(
    ("overlap", "highest", "found"),
    [
        (None, 5000, 4000),
        (7, 5000, 4993),
        (None, "2024-03-01T06:00:00.000001+00:00", datetime(2024, 3, 1, 5, 0, 0, 1, tzinfo=UTC)),
        ("2 h", "2024-03-01T06:00:00.000000", datetime(2024, 3, 1, 4)),
        ("0 h", "2024-03-01T06:00:00.000000", datetime(2024, 3, 1, 6)),
        ("36 h", "2024-03-03", date(2024, 3, 1)),
    ],
)
def test_since__is_the_highest_less_the_overlap(overlap: str | int | None, highest: str | int, found: object) -> None:
    assert since(pull(overlap), highest) == found


def test_since__kinds_that_do_not_fit_are_a_sentence() -> None:
    with pytest.raises(ScalebridgeError, match="holds whole numbers"):
        since(pull("2 h"), 5)
    with pytest.raises(ScalebridgeError, match="holds times"):
        since(pull(5), "2024-03-01T06:00:00.000000")
