"""The four questions about a plant hide what they say."""

from datetime import datetime, timedelta

import polars as pl
import pytest
from plants import OWN, QUESTIONS

BY_NAME = {question.name: question for question in QUESTIONS}
SCALES = (0.005, 0.5, 2.0, 15.0)


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    """Twelve products, every second one up to 15,000 L, with five batches at each scale."""
    cells = [(p, v, n) for p in range(12) for v in SCALES[: 4 if p % 2 else 3] for n in range(5)]
    return pl.DataFrame(
        {
            "batch_id": [f"B{i}" for i in range(len(cells))],
            "product": [f"P{p:02d}" for p, *_ in cells],
            "scale": [v for _, v, _ in cells],
            "scale_level": [v for _, v, _ in cells],
            "started_at": [datetime(2020, 1, 1) + timedelta(days=p + 400 * v + n) for p, v, n in cells],
        }
    )


def sides(rows: pl.DataFrame, name: str) -> list[tuple[pl.DataFrame, pl.DataFrame]]:
    found = [
        (rows.filter(pl.col("batch_id").is_in(fold.train)), rows.filter(pl.col("batch_id").is_in(fold.test)))
        for fold in BY_NAME[name].folds(rows)
    ]
    assert found
    for train, test in found:
        assert not set(train["batch_id"]) & set(test["batch_id"])
        assert test.height
    return found


def test_others_were__hides_the_step_of_the_product_and_all_above(rows: pl.DataFrame) -> None:
    for train, test in sides(rows, "others_were"):
        own = train.filter(pl.col("product").is_in(test["product"].implode()))
        assert own["scale"].max() < test["scale"].min()
        assert test["scale"].n_unique() == 1
        assert train.filter(pl.col("scale") == test["scale"][0]).height


def test_three_own__gives_the_first_three_batches(rows: pl.DataFrame) -> None:
    for train, test in sides(rows, "three_own"):
        own = train.filter(pl.col("product").is_in(test["product"].implode()) & (pl.col("scale") == test["scale"][0]))
        assert set(own.group_by("product").len()["len"]) == {OWN}
        for name in own["product"].unique():
            known, hidden = (part.filter(pl.col("product") == name)["started_at"] for part in (own, test))
            assert known.max() < hidden.min()


def test_nobody_was__learns_up_to_500_litres(rows: pl.DataFrame) -> None:
    ((train, test),) = sides(rows, "nobody_was")
    assert train["scale"].max() == 0.5
    assert set(test["scale"]) == {2.0, 15.0}


def test_new_product__is_hidden_whole_and_every_product_is_new_once(rows: pl.DataFrame) -> None:
    found = sides(rows, "new_product")
    for train, test in found:
        assert not set(train["product"]) & set(test["product"])
    assert sum(test.height for _, test in found) == rows.height
