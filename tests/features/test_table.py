"""The feature table: features are known at their horizon, and no feature holds the target under another name."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.process.process import Process
from pipeline.domain.tables import Genealogy, Lots, Results, empty
from pipeline.features.catalogue import catalogue, names_of, usable
from pipeline.features.lots import lot_properties, main_lots
from pipeline.features.table import build
from pipeline.history.assemble import assemble
from pipeline.history.ingest import ingest
from pipeline.history.tables import History
from tests.support.definitions import Make


@pytest.fixture(scope="module")
def plant_process(root: Path) -> Process:
    process = parse(Process, read_yaml(root / "conf/process/virtual_plant.yaml"), "virtual_plant")
    assert isinstance(process, Process)
    return process


def test_usable__gives_no_feature_from_after_the_horizon(tablets: Process) -> None:
    plan = {entry.feature for entry in usable(tablets, "dissolution_av", "plan")}
    assert "main_force_mean" not in plan
    assert "tbl_av_hardness" not in plan
    assert {"tablet_mass", "api_water", "log10_scale"} <= plan
    in_process = {entry.feature for entry in usable(tablets, "dissolution_av", "in_process")}
    assert {"main_force_mean", "tbl_av_hardness"} <= in_process
    assert "fct_av_hardness" not in in_process


def test_usable__gives_no_look_alike_and_no_feature_computed_from_one(tablets: Process) -> None:
    names = {entry.feature for entry in usable(tablets, "tbl_av_hardness", "in_process")}
    assert names.isdisjoint({"tbl_av_hardness", "tbl_min_hardness", "tbl_tensile", "compression.tensile_strength"})


def test_usable__no_quality_attribute_helps_to_predict_another(tablets: Process) -> None:
    for target in tablets.targets:
        assert {e.feature for e in usable(tablets, target, "release")}.isdisjoint(
            name for name, a in tablets.attributes.items() if a.role == "CQA"
        )


def test_catalogue__every_feature_has_unit_inputs_and_source(plant_process: Process) -> None:
    entries = catalogue(plant_process)
    assert len({entry.feature for entry in entries}) == len(entries)
    assert all(entry.inputs and entry.source and entry.description for entry in entries)
    assert {"bioreactor.power_per_volume", "bioreactor.blend_time"} <= {entry.feature for entry in entries}


def test_catalogue__a_feature_of_a_series_is_known_in_process(plant_process: Process) -> None:
    horizons = {entry.feature: entry.horizon for entry in catalogue(plant_process)}
    assert horizons["bioreactor.co2_max"] == "in_process"
    assert horizons["bioreactor.tip_speed"] == "plan"


def test_names_of__gives_display_names_of_attributes_and_words_for_quantities(plant_process: Process) -> None:
    names = names_of(plant_process)
    assert (names["hcp"], names["ph"], names["shift_day"]) == ("HCP", "pH", "day of temperature shift")
    assert (names["gas_flow"], names["bioreactor.tip_speed"], names["log10_scale"]) == (
        "gas flow",
        "tip speed",
        "batch size",
    )
    assert set(names) == {*plant_process.attributes, *(entry.feature for entry in catalogue(plant_process))}


def test_lot_properties__are_weighted_by_share_and_unknown_if_a_lot_is_unknown() -> None:
    lots = pl.DataFrame({"material": "m", "lot_id": ["a", "b"], "attribute": "p", "value": [10.0, 20.0]})
    genealogy = pl.DataFrame(
        {
            "batch_id": ["1", "1", "2", "2"],
            "material": "m",
            "lot_id": ["a", "b", "a", "?"],
            "fraction": [0.75, 0.25, 0.5, 0.5],
        }
    )
    assert lot_properties(lots, genealogy).rows() == [("1", 12.5), ("2", None)]


def test_build__a_feature_uses_only_the_records_of_its_own_tags(tablets: Process) -> None:
    """Tags of one operation are recorded at different times and not in every batch. Features must not influence each other."""
    compression = replace(
        tablets.operations["compression"],
        tags={
            "tablet_rate": "press_speed",
            "feeder_speed": "press_fom",
            "produced": "press_produced",
            "waste": "press_waste",
        },
    )
    fom = replace(tablets.attributes["press_fom"], unit="rpm")  # not published
    attributes = {**tablets.attributes, "press_fom": fom}
    process = replace(tablets, operations={"compression": compression}, attributes=attributes)
    names = ["1", "2", "3"]
    fixed = {"product": "p", "lineage": "l", "scale": 1.0, "site": None, "equipment": None, "started_at": None}
    batches = pl.DataFrame({"batch_id": names, **fixed, "tablet_count": 2e5})
    records = [
        *(("1", "press_fom", 10.0 * i, i % 2) for i in range(6)),  # six times as dense as the rate
        *(("1", "press_produced", 60.0 * i, i) for i in range(3)),
        *(("1", "press_speed", 60.0 * i, i % 2) for i in range(4)),
        *(("2", "press_fom", 60.0 * i, 1.0) for i in range(4)),
    ]
    schema = {"batch_id": pl.String, "tag": pl.String, "time": pl.Float64, "value": pl.Float64}
    trajectories = pl.DataFrame(records, schema=schema, orient="row", strict=False)
    results, lots, genealogy = (empty(contract) for contract in (Results, Lots, Genealogy))
    rows = build(process, History(batches, results, lots, genealogy, trajectories))
    assert rows["compression.stop_time"].to_list() == [2 * 60.0 / 2, None, None]
    assert rows["compression.tablet_rate_runs"].to_list() == [4 / 2, None, None]
    assert rows["compression.feeder_speed_mean"].to_list() == [1.0, 1.0, None]
    assert rows["compression.feeder_speed_runs_startup"].to_list() == [1.0, 1.0, None]
    assert rows["compression.waste_total"].to_list() == [None, None, None]


def test_lots__genealogy_of_the_pyphi_data_joins_many_to_many(lots_folder: Path, root: Path, small: Make) -> None:
    """105 finished lots and 680 uses of material lots; the column of the lot has three spellings."""
    process = parse(Process, read_yaml(root / "conf/process/lots.yaml"), "lots")
    typed = ingest(process, lots_folder)
    history = assemble(
        process,
        {name: source.rows for name, source in typed.items()},
        pl.concat([source.quarantine for source in typed.values()]),
        pl.concat([source.ledger for source in typed.values()]),
    )
    assert history.batches.height == 105
    assert (
        history.ledger.filter(pl.col("source") == "genealogy")["valid"].item()
        + history.quarantine.filter(pl.col("source") == "genealogy").height
        == 680
    )
    rows = build(process, History(history.batches, history.results, history.lots, history.genealogy, history.trajectories))
    first = rows.filter(pl.col("batch_id") == "L001")
    share, other = 0.5579494252873564, 0.4420505747126437
    mat1 = pl.read_csv(lots_folder / "MAT1.csv").filter(pl.col("Lot#").is_in(["A0129", "A0130"])).sort("Lot#")["var1"]
    assert first["mat1_var1"].item() == pytest.approx((share * mat1[0] + other * mat1[1]) / (share + other))


def test_main_lots__are_those_with_the_largest_share(plant_process: Process) -> None:
    shares = pl.DataFrame(
        {"batch_id": ["A", "A", "B"], "material": ["media"] * 3, "lot_id": ["m1", "m2", "m1"], "fraction": [0.3, 0.7, 1.0]}
    )
    found = main_lots(plant_process, shares)
    assert dict(found.select("batch_id", "media_lot").iter_rows()) == {"A": "m2", "B": "m1"}
