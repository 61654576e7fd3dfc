"""The stage `split`: roles of the batches, and what cannot be applied."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import yaml

from pipeline.domain.places import Places
from pipeline.stages.split import split


def _copied(project: Places, folder: Path) -> Places:
    """Return the project with a configuration of its own, whose folds are written to a folder."""
    shutil.copytree(project.config, folder / "config")
    return replace(
        project,
        config=folder / "config",
        made=folder / "made",
        folds=folder / "folds.parquet",
        folds_summary=folder / "folds.json",
    )


def test_split__hides_what_each_protocol_asks_about(project: Places) -> None:
    roles = pl.read_parquet(project.folds).join(pl.read_parquet(project.features), on="batch_id")
    tested = roles.filter(role="test")
    largest = tested.filter(protocol="largest_scale_out")
    assert set(largest.select("product", "equipment").iter_rows()) == {("Q", "B")}
    for (_,), fold in roles.filter(protocol="leave_product_out").group_by("fold"):
        assert set(fold.filter(role="test")["product"]).isdisjoint(fold.filter(role="train")["product"])
    past = roles.filter(protocol="past_scale_ups")
    assert past.filter(role="train")["started_at"].max() < past.filter(role="test")["started_at"].min()  # type: ignore[operator]


def test_split__says_that_nothing_tells_when_a_result_was_known(
    project: Places, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The pot states the start of a batch alone. It matters where a protocol goes back in time."""
    places = _copied(project, tmp_path)
    split(places)
    assert "Nothing says from when results are known" in capsys.readouterr().out
    only = [{"kind": "leave_product_out"}]
    (tmp_path / "config/split.yaml").write_text(yaml.safe_dump({"split": {"protocols": only}}), encoding="utf-8")
    split(places)
    assert capsys.readouterr().out == ""


def test_split__the_summary_counts_the_table(project: Places) -> None:
    counts = json.loads(project.folds_summary.read_text(encoding="utf-8"))["batches"]
    for (protocol, fold, role), part in pl.read_parquet(project.folds).group_by("protocol", "fold", "role"):
        assert counts[protocol][f"fold {fold}"][role] == part.height


def test_split__a_protocol_that_cannot_be_applied_is_named_with_the_reason(project: Places, tmp_path: Path) -> None:
    places = _copied(project, tmp_path)
    protocols = [{"kind": "leave_product_out"}, {"kind": "past_scale_ups", "least": 1000}]
    (tmp_path / "config/split.yaml").write_text(yaml.safe_dump({"split": {"protocols": protocols}}), encoding="utf-8")
    split(places)
    skipped = json.loads(places.folds_summary.read_text(encoding="utf-8"))["skipped"]
    assert list(skipped) == ["past_scale_ups"]
    assert "1000" in skipped["past_scale_ups"]
    assert pl.read_parquet(places.folds)["protocol"].unique().to_list() == ["leave_product_out"]


def test_split__hides_by_an_attribute_in_its_own_unit(
    project: Places, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The vessel is an identifier, so it is in the batch table and not among the features."""
    places = _copied(project, tmp_path)
    protocols = [
        {"kind": "cut", "attribute": "agitation", "above": "4 1/s"},
        {"kind": "listed_groups", "attribute": "vessel", "folds": [["A"], ["C"]], "name": "vessels"},
        {"kind": "listed_groups", "attribute": "vessel", "folds": [["B"]]},
    ]
    (tmp_path / "config/split.yaml").write_text(yaml.safe_dump({"split": {"protocols": protocols}}), encoding="utf-8")
    split(places)
    assert capsys.readouterr().out == (
        "  vessels (vessel in 2 lists) does not apply: no batch has vessel 'C'; history holds 'A', 'B'; to use it, correct the "
        "lists of the protocol in conf/split/, or record batches of these groups\n"
    )
    roles = pl.read_parquet(places.folds).join(pl.read_parquet(project.batches), on="batch_id")
    cut, listed = (roles.filter(protocol=name) for name in ("cut", "listed_groups"))
    assert cut.height + listed.height == roles.height
    assert cut.select((pl.col("role") == "test").eq(pl.col("agitation") > 4).all()).item()
    assert listed.select((pl.col("role") == "test").eq(pl.col("vessel") == "B").all()).item()
