"""A subset of rows covers all products and scales."""

import pytest

from pipeline.models import row_subset
from pipeline.models.row_subset import reenactment_rows, spread_out
from tests.support.rows import batch_rows


def test_spread_out__is_all_rows_where_they_are_few() -> None:
    rows = batch_rows()
    assert spread_out(rows).tolist() == list(range(rows.height))


def test_spread_out__holds_every_product_and_scale_in_its_share() -> None:
    rows = batch_rows(6, each=40)
    some = rows[spread_out(rows, 60)]
    assert some.height == 60
    assert some["product"].n_unique() == 6
    counts = some["product"].value_counts()["count"]
    assert counts.max() <= 2 * counts.min()


def test_reenactment_rows__are_all_where_few_and_else_some_of_every_product_and_scale(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = batch_rows(6, each=40)
    assert reenactment_rows(rows) is rows
    monkeypatch.setattr(row_subset, "MOST_REENACTED", 90)
    some = reenactment_rows(rows)
    assert some.height == 90
    assert some.select("product", "scale_level").n_unique() == rows.select("product", "scale_level").n_unique()
