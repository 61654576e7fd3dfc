"""The stage `transfer`: what other products are worth while a product has few batches of its own."""

import polars as pl

from pipeline.assessment.learning_curve import OWN
from pipeline.domain.places import Places


def test_transfer__other_products_help_since_they_share_the_formula(project: Places) -> None:
    table = pl.read_parquet(project.transfer)
    assert set(table.select("cqa", "product", "own").iter_rows()) == {("titre", p, own) for p in ("P", "Q") for own in OWN}
    few = table.filter(pl.col("own").is_in([1, 2]))
    assert (few["with_others"] < 0.5 * few["without"]).all()
    assert project.transfer_figure.stat().st_size > 0
