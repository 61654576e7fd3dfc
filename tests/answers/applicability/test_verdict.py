"""Where a proposal lies in history: one status for it and one per variable, with reasons."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from pipeline.answers.applicability.evidence import OUTSIDE, THIN, UNSEEN, Evidence, evidence
from pipeline.answers.applicability.seen_values import SeenValues
from pipeline.answers.applicability.verdict import domain, results_of
from pipeline.answers.limits import DomainConfig
from pipeline.answers.result.domain import Domain, VariableStatus
from pipeline.domain.process.process import Process
from pipeline.features.catalogue import names_of
from tests.support.pot import pot
from tests.support.trained_pot import answered

VARIABLES = ["agitation", "temperature", "site"]
CONFIG = DomainConfig()


def history(batches: int = 200) -> pl.DataFrame:
    """Agitation in two clouds with a gap between them."""
    rng = np.random.default_rng(3)
    speed = np.where(np.arange(batches) % 2, rng.uniform(1, 2, batches), rng.uniform(5, 6, batches))
    rows = {"agitation": speed, "temperature": rng.normal(310, 0.5, batches), "site": ["Here", "There"] * (batches // 2)}
    names = [f"B{i:03d}" for i in range(batches)]
    return pl.DataFrame({"batch_id": names, "product": "P", "scale": 0.1} | rows)


def found(refused: dict[str, str] | None = None, **changes: Any) -> Evidence:
    at = {"agitation": 1.5, "temperature": 310.0, "site": "Here", "scale": 0.1, "product": "P"} | changes
    return evidence(pot(), pl.DataFrame([at]), SeenValues(pot(), history()), VARIABLES, refused or {})


def statuses(seen: Evidence) -> dict[str, tuple[str, str]]:
    return {one.variable: (one.status, one.why) for one in seen.variables if one.status != "inside"}


def test_evidence__among_the_batches_everything_is_inside() -> None:
    assert (found().status, statuses(found())) == ("inside", {})


@pytest.mark.parametrize(
    ("change", "why"),
    [({"agitation": 6.5}, OUTSIDE), ({"agitation": 3.5}, THIN), ({"site": "Elsewhere"}, UNSEEN)],
)
def test_evidence__the_edge_names_variable_and_reason(change: dict[str, Any], why: str) -> None:
    [name] = change
    assert found(**change).status == "edge"
    assert statuses(found(**change)) == {name: ("edge", why)}


def test_evidence__a_refusal_is_worse_than_an_edge_and_keeps_its_reason() -> None:
    seen = found({"temperature": "too far"}, agitation=6.5)
    assert seen.status == "refused"
    assert statuses(seen) == {"agitation": ("edge", OUTSIDE), "temperature": ("refused", "too far")}


def test_evidence__hardly_different_from_all_batches_is_inside() -> None:
    rows = history().with_columns(agitation=pl.when(pl.col("agitation") < 3).then(1.0).otherwise(6.0))
    asked = pl.DataFrame([{"agitation": 1.01, "temperature": 310.0, "site": "Here"}])
    assert evidence(pot(), asked, SeenValues(pot(), rows), VARIABLES, {}).status == "inside"


def test_evidence__says_nothing_of_thin_places_where_nearly_all_batches_have_one_value() -> None:
    rows = history().with_columns(agitation=pl.when(pl.int_range(pl.len()) < 3).then(6.0).otherwise(1.0))
    asked = pl.DataFrame([{"agitation": 3.5, "temperature": 310.0, "site": "Here"}])
    assert evidence(pot(), asked, SeenValues(pot(), rows), VARIABLES, {}).status == "inside"


def test_evidence__few_hidden_batches_are_called_thin() -> None:
    rows = history()
    thin = 0
    for i in range(rows.height):
        rest = rows.filter(pl.col("batch_id") != rows["batch_id"][i])
        thin += THIN in {one.why for one in evidence(pot(), rows[i], SeenValues(pot(), rest), VARIABLES, {}).variables}
    assert thin / rows.height <= CONFIG.rare


@pytest.mark.parametrize("batches", [1, 2, 200])
def test_evidence__without_a_variable_that_differs_no_batch_is_nearest(batches: int) -> None:
    rows = history().head(1)[[0] * batches].with_columns(batch_id=pl.format("B{}", pl.int_range(pl.len())))
    seen = evidence(pot(), rows.head(1), SeenValues(pot(), rows), VARIABLES, {})
    assert seen.nearest.is_empty()
    assert np.isnan(seen.distance)
    assert seen.status == "inside"
    assert told(seen).distance is None


def told(seen: Evidence) -> Domain:
    process: Process = pot()
    results = pl.DataFrame({"batch_id": history()["batch_id"], "attribute": "titre", "value": 1.25})
    return domain(process, seen, ["titre"], results_of(results), names_of(process))


def leaving(given: Domain) -> list[VariableStatus]:
    return [one for one in given.variables if one.status != "inside"]


def test_domain__is_told_in_display_units_with_the_results_of_the_nearest_batches() -> None:
    given = told(found(agitation=6.5))
    [one] = leaving(given)
    assert (one.status, one.unit, one.proposed) == ("edge", "rpm", 390.0)
    assert given.sentence.startswith("At the edge of what history has seen: outside what history spans: agitation")
    assert [near.results for near in given.nearest] == [{"titre": 1.25}] * 5
    assert given.nearest[0].scale == 100.0


def test_domain__words_stand_in_the_place_of_numbers() -> None:
    [one] = leaving(told(found(site="Elsewhere")))
    assert (one.proposed, one.smallest) == ("Elsewhere", None)
    assert "never seen in history: site" in told(found(site="Elsewhere")).sentence


def test_domain__a_refusal_is_the_first_thing_said() -> None:
    said = told(found({"temperature": "too far"})).sentence
    assert said == "Refused, outside the range that the model accepts: no answer because of: temperature (too far)."


def test_domain__the_batch_size_stands_in_the_place_of_its_logarithm() -> None:
    """Models read the logarithm; people read litres."""
    [size] = [one for one in answered().domain.variables if one.variable == "log10_scale"]
    assert (size.unit, size.proposed, size.smallest, size.largest) == ("L", 100.0, 1.0, 100.0)
    assert answered().name("log10_scale") == "batch size"
