"""A history without product, scale and dates, from `check` to the page. Nothing shows a product that nobody named."""

import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest
import yaml
from typer.testing import CliRunner, Result

from pipeline.cli import app
from pipeline.domain.config_files import read_yaml
from pipeline.domain.places import Places
from tests.support.definitions import PlainData
from tests.support.project import run_stages
from tests.support.small_history import SmallHistory

NAME = "quetzal"
"""Name of the process. All batches count as one product of this name, which nothing may show as a product."""
SPLIT = {
    "protocols": [
        {"kind": "leave_product_out"},
        {"kind": "largest_scale_out"},
        {"kind": "cut", "name": "fast_stirring", "attribute": "agitation", "above": "5.1 1/s"},
    ]
}
DERIVED: PlainData = {
    "log_agitation": {"derive": {"kind": "log10", "of": ["agitation"]}},
    "over_body": {"unit": "K", "derive": {"kind": "difference", "of": ["temperature", "body"]}},
    "body": {"unit": "degC", "derive": {"kind": "constant", "value": 37.0}},
}


def _project(folder: Path) -> Places:
    """Write the project of a history of 24 batches under the name of the process."""
    places = SmallHistory(
        (("A", 2, 24),), ("volume", "product", "start", "vessel"), proposal={"product": None, "scale": None, "process": NAME}
    ).project(folder)
    definition = read_yaml(places.conf / "process/small.yaml") | {"name": NAME, "title": "A history"}
    plain = {"role": "CPP", "horizon": "plan", "description": "x"}
    definition["attributes"] |= {name: plain | one for name, one in DERIVED.items()}
    for path, data in (
        (places.conf / f"process/{NAME}.yaml", definition),
        (places.conf / "split/small.yaml", SPLIT),
        (places.params, read_yaml(places.params) | {"process": NAME}),
    ):
        path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    shutil.move(places.raw / "small", places.raw / NAME)
    return places


def _call(*arguments: str) -> Result:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.exception
    return result


def _words(page: Path) -> str:
    """The text of a page, without its style."""
    return re.sub(r"<style.*?</style>|<[^>]+>", " ", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_history_without_product_scale_and_dates__is_learned_from_and_names_no_product(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = _project(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert _call("check").output.splitlines() == [
        f"{NAME}: 8 attributes, 1 sources, predicts titre, impurity; its files are readable",
        "All 24 batches are used.",
        "24 valid batches; the process definition states no `product` and no `scale`",
        "fast stirring (agitation above 5.1 1/s) applies (1 fold)",
        "leave product out does not apply: the process definition states no `product`, so all batches count as one product; to use "
        "it, record batches of a second product, and state `product` in the process definition",
        "largest scale out does not apply: the process definition states no `scale`, so all batches count as one size; to use it, "
        "record batches of a product at a second scale, and state `scale` in the process definition",
    ]
    run_stages(places)
    scores = pl.read_parquet(places.scores)
    assert scores["protocol"].unique().to_list() == ["fast_stirring"]
    assert {"super_learner", "carry_over"} <= set(scores["model"])
    answer = _call("predict", "data/proposals/a.yaml", "--simulate", "--report", "page.html", "--out", "a.json")
    assert "No run is proposed: the process definition states no `scale`" in " ".join(answer.output.split())
    for shown in (answer.output, _call("summary").output, _words(Path("page.html"))):
        assert NAME not in re.sub(f"Process (&#39;|'){NAME}(&#39;|')", "", shown)  # the process may be named, as a process
        assert not re.search(r"one_product|one_scale|\bat 1\b", shown)
    assert not re.search("one_product|one_scale", _words(places.quality_report))
    proposal = json.loads(Path("a.json").read_text(encoding="utf-8"))["proposal"]
    assert (proposal["product_stated"], proposal["known_product"]) == (False, True)


def test_history_without_product__what_is_derived_follows_the_proposal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proposal stirs at 95 rpm, of which log10 is 1.978; the broth is as cool as in the reference, below 37 °C."""
    places = _project(tmp_path)
    monkeypatch.chdir(tmp_path)
    run_stages(places)
    features = pl.read_parquet(places.features)
    assert features["log_agitation"].to_list() == pytest.approx((features["agitation"] * 60).log10().to_list())
    assert features["over_body"].to_list() == pytest.approx((features["temperature"] - 310.15).to_list())
    _call("predict", "data/proposals/a.yaml", "--out", "a.json")
    variables = {
        one["variable"]: one for one in json.loads(Path("a.json").read_text(encoding="utf-8"))["domain"]["variables"]
    }
    # neither a product nor a batch size
    assert set(variables) == {"agitation", "temperature", "log_agitation", "over_body", "body"}
    assert variables["log_agitation"]["proposed"] == pytest.approx(1.97772, abs=1e-5)
    assert variables["over_body"]["proposed"] == pytest.approx(variables["temperature"]["proposed"] - 37, abs=1e-4)
