"""The dense sets ask beyond all scales, and their report compares with the best single model."""

import numpy as np
import pytest
from competitors import DEFAULT
from dense import EXTRA_TREES, Answers, dense_report
from dense_sets import SETS
from report import Source, markdown

MADE_UP = ("stirred_tank", "spray_dryer", "jacketed_vessel")


@pytest.mark.parametrize("name", MADE_UP)
def test_set__asks_beyond_all_scales_from_a_thousand_rows(name: str) -> None:
    found = SETS[name](1500, 1)
    assert found.train.height >= 1000
    assert found.test["scale"].min() > found.train["scale"].max()  # type: ignore[operator]
    assert found.train["scale"].n_unique() >= 3
    values = found.train.select(*found.task.numeric, "observed").to_numpy()
    assert np.isfinite(values).all()
    assert (found.train["observed"] > 0).all()


def test_set__is_the_same_for_the_same_seed() -> None:
    one, again, other = (SETS["spray_dryer"](200, seed).train for seed in (1, 1, 2))
    assert one.equals(again)
    assert not one.equals(other)


def test_oxygen_transfer__is_of_the_size_that_the_source_states() -> None:
    """van 't Riet 1979: coefficients of 0.01 to 1 per second are usual in stirred tanks."""
    found = SETS["stirred_tank"](1500, 1).train["observed"]
    assert found.quantile(0.05) > 1e-4  # type: ignore[operator]
    assert found.quantile(0.95) < 1.0  # type: ignore[operator]


def test_report__divides_by_the_best_of_competitors_and_members() -> None:
    figures = {"error": 3.0, "coverage": 0.9, "width": 2.0, "seconds": 1.0, "peak": 500.0, "loaded": 100.0}
    members = [("hierarchical", 0.4, 6.0), ("smooth_surface", 0.6, 2.0)]
    data = SETS["stirred_tank"](300, 1)
    one = Answers(
        data, figures | {"error": 9.0}, figures | {"members": members}, {DEFAULT: (4.0, 1.0), EXTRA_TREES: (5.0, 1.0)}
    )
    report = dense_report([one], {"before": figures, "after": figures})
    head, line = report.tables[1].head, report.tables[1].rows[0]
    found = dict(zip(head, line, strict=True))
    assert found["which"] == "smooth_surface (member)"
    assert found["blend now / best single"] == pytest.approx(1.5)
    assert found["blend before"] == pytest.approx(9.0 / one.unit)
    assert all(len(row) == len(table.head) for table in report.tables for row in table.rows)
    assert "Rows:" in markdown(report, Source("python benchmarks/dense.py", "1a2b3c4", "2026-11-27"))
