"""The whole of a simulation: the same numbers as data, in the terminal and on the page; nothing where the transfer blocks."""

import json
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from pipeline.answers.next_runs.config import NextRunsConfig
from pipeline.answers.simulation import Known, Simulation, simulate
from pipeline.answers.trained_run import Choices
from pipeline.domain.config_files import parse
from pipeline.domain.run_cost import RunCost
from pipeline.domain.scale import scale_levels
from pipeline.domain.site_knowledge import SiteKnowledge
from pipeline.extrapolation.kinds import NEW_SCALE
from pipeline.features.table import build
from pipeline.forecasting.forecaster import CalibratedModel, learn
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.models.registry import Hierarchical, Task
from pipeline.reports.figures.scenarios import pictures_of
from pipeline.reports.files import write_simulation
from pipeline.reports.html.page import template
from pipeline.reports.terminal.scenarios import show_simulation
from tests.support.pot import Formula, history, pot, proposal

INPUTS = ("agitation", "temperature", "copper", "log10_scale")
SECTIONS = ("scenarios", "next_runs", "transfer_map")


def trained(rows: pl.DataFrame, results: pl.DataFrame) -> CalibratedModel:
    """A model with a hierarchical member, for the next runs; scenarios take the formula."""
    levels = rows.with_columns(scale_level=scale_levels(rows["scale"], 0.1))
    known = levels.join(results.select("batch_id", "censoring", observed="value"), on="batch_id").sort("batch_id")
    task = Task("titre", INPUTS, (), groups=("product", "lineage"))
    return learn(known, task, Hierarchical(iterations=3), IntervalConfig(), 1, [NEW_SCALE])


def simulated(transfer: dict[str, object] | None = None) -> Simulation:
    tables = history(40)
    rows = build(pot(), tables)
    known = Known(pot(), tables, rows, {"titre": trained(rows, tables.results)}, {"titre": INPUTS})
    sites = parse(SiteKnowledge, {"sites": transfer or {}}, "transfer")
    choices = Choices(sites, RunCost("bench runs", "example"), 1, NextRunsConfig())
    asked = proposal(tolerances={"agitation": "6 rpm"}, limits={"agitation": ["30 rpm", "90 rpm"]})
    return simulate(asked, known, choices, Formula(slope=0.1))


@pytest.fixture(scope="module")
def found() -> Simulation:
    return simulated()


def page(result: Simulation) -> str:
    parts = (template(f"{name}.html.j2") for name in SECTIONS)
    return "\n".join(part.render(**result.result, pictures=pictures_of(result.result)) for part in parts)


def printed(result: Simulation) -> str:
    console = Console(width=200, file=StringIO())
    show_simulation(result.result, console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_simulation__is_plain_data(found: Simulation) -> None:
    assert json.loads(json.dumps(found.result)) == found.result
    assert set(found.result) == set(SECTIONS)


def test_simulation__numbers_are_the_same_in_data_terminal_and_page(found: Simulation) -> None:
    scenarios, runs = found.result["scenarios"], found.result["next_runs"]
    text, html = printed(found), page(found)
    for line in scenarios["attributes"]:
        for key in ("low_5", "median", "high_95", "ppk", "probability_within_specification"):
            assert f"{line['with_model_error'][key]:.4g}" in text
            assert f"{line['with_model_error'][key]:.4g}" in html
    for caption in (*scenarios["captions"].values(), runs["caption"]):
        assert " ".join(caption.split()[:6]) in " ".join(text.split())
        assert caption.replace("'", "&#39;").replace(">", "&gt;").replace("<", "&lt;") in html
    assert all(picture in html for picture in pictures_of(found.result).values())


def test_simulation__pictures_name_units_and_have_no_date(found: Simulation) -> None:
    assert "agitation [rpm]" in pictures_of(found.result)["response_curves"]
    assert "titre [g/L]" in pictures_of(found.result)["distributions"]
    assert all("<dc:date>" not in picture for picture in pictures_of(found.result).values())


def test_simulation__a_blocked_prediction_is_withheld_with_its_reason() -> None:
    blocked = simulated({"There": {"copper": {"data": "missing", "note": "never analysed"}}})
    assert (blocked.result["scenarios"], blocked.result["next_runs"], pictures_of(blocked.result)) == (None, None, {})
    assert "never analysed" in printed(blocked)
    assert "never analysed" in page(blocked)
    assert "Not played" in page(blocked)


def test_write__files_are_the_same_twice(found: Simulation, tmp_path: Path) -> None:
    first, again = (write_simulation(found.result, tmp_path / name) for name in ("a", "b"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert {path.name for path in first} >= {"simulation.json", "transfer_map.xlsx", "distributions.svg"}
