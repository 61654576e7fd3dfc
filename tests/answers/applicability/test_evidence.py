"""Which batches count as nearest to a proposal."""

import polars as pl
import pytest

from pipeline.answers.applicability.evidence import evidence
from pipeline.answers.applicability.seen_values import SeenValues
from pipeline.answers.limits import DomainConfig
from tests.support.pot import pot

ASKED = pl.DataFrame([{"agitation": 1.0, "temperature": 310.0, "product": "P", "scale": 0.1}])
OTHERS = [{"agitation": 3.0 + 0.1 * i, "temperature": 305.0 + i % 10, "product": "Q", "scale": 0.001} for i in range(20)]


def _nearest(*near: dict[str, object], alike: float = 0.1) -> list[str]:
    rows = pl.DataFrame([*near, *OTHERS]).with_columns(batch_id=pl.format("B{}", pl.int_range(pl.len())))
    seen = SeenValues(pot(), rows, DomainConfig(alike=alike))
    found = evidence(pot(), ASKED, seen, ["agitation", "temperature"], {})
    assert found.distance == pytest.approx(found.nearest["distance"].min())
    return found.nearest["batch_id"].to_list()


def _batch(agitation: float, product: str = "Q", scale: float = 0.001) -> dict[str, object]:
    return {"agitation": agitation, "temperature": 310.0, "product": product, "scale": scale}


def test_nearest__the_own_product_and_scale_come_first_where_they_match_about_as_closely() -> None:
    near = _batch(1.01), _batch(1.02, scale=0.1), _batch(1.03, "P", 0.1)
    assert _nearest(*near)[:3] == ["B2", "B1", "B0"]
    assert _nearest(*near, alike=0.0)[:3] == ["B0", "B1", "B2"]


def test_nearest__the_own_product_does_not_come_before_a_batch_that_is_clearly_nearer() -> None:
    assert _nearest(_batch(1.0), _batch(2.0, "P", 0.1))[0] == "B0"
