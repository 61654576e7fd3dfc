"""Features of the tablet press, and the published descriptors that its time series must reproduce."""

import math
from pathlib import Path

import polars as pl
import pytest

from pipeline.operations.tablet_press import FEATURES
from pipeline.operations.tablet_press_trajectories import TRAJECTORY_FEATURES

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "data/raw/tablets", ROOT.parent / "shared/data/tablets")

COLUMNS = {  # column of the export: tag, factor to SI
    "tbl_speed": ("tablet_rate", 1000 / 3600),
    "fom": ("feeder_speed", 1 / 60),
    "main_comp": ("main_compression_force", 1e3),
    "tbl_fill": ("fill_depth", 1e-3),
    "SREL": ("force_variation", 0.01),
    "pre_comp": ("pre_compression_force", 1e3),
    "produced": ("produced", 1.0),
    "waste": ("waste", 1.0),
    "cyl_main": ("cylindrical_height", 1e-3),
    "stiffness": ("stiffness", 1.0),
    "ejection": ("ejection_force", 1.0),
}

PUBLISHED = {  # feature: published column, factor to SI
    "tablet_rate_mean": ("tbl_speed_mean", 1000 / 3600),
    "tablet_rate_runs": ("tbl_speed_change", 1.0),
    "stop_time": ("tbl_speed_0_duration", 10.0),
    "waste_total": ("total_waste", 1.0),
    "waste_startup": ("startup_waste", 1.0),
    "feeder_speed_mean": ("fom_mean", 1 / 60),
    "feeder_speed_runs_startup": ("fom_change", 1.0),
    "force_variation_startup_mean": ("SREL_startup_mean", 0.01),
    "force_variation_mean": ("SREL_production_mean", 0.01),
    "force_variation_max": ("SREL_production_max", 0.01),
    "main_compression_force_mean": ("main_CompForce mean", 1e3),
    "main_compression_force_sd": ("main_CompForce_sd", 1e3),
    "main_compression_force_median": ("main_CompForce_median", 1e3),
    "pre_compression_force_mean": ("pre_CompForce_mean", 1e3),
    "fill_depth_mean": ("tbl_fill_mean", 1e-3),
    "fill_depth_sd": ("tbl_fill_sd", 1e-3),
    "cylindrical_height_mean": ("cyl_height_mean", 1e-3),
    "stiffness_mean": ("stiffness_mean", 1.0),
    "stiffness_max": ("stiffness_max", 1.0),
    "stiffness_min": ("stiffness_min", 1.0),
    "ejection_force_mean": ("ejection_mean", 1.0),
    "ejection_force_max": ("ejection_max", 1.0),
    "ejection_force_min": ("ejection_min", 1.0),
    "fill_depth_startup_range": ("Startup_tbl_fill_maxDifference", 1e-3),
    "main_compression_force_startup_mean": ("Startup_main_CompForce_mean", 1e3),
    "fill_depth_startup_mean": ("Startup_tbl_fill_mean", 1e-3),
}


def _text(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, separator=";", infer_schema=False).with_columns(pl.all().str.strip_chars())


@pytest.fixture(scope="module")
def tablets() -> Path:
    found = next((folder for folder in FOLDERS if (folder / "press/3.csv").exists()), None)
    if found is None:
        pytest.skip(f"the tablets data is in none of {', '.join(map(str, FOLDERS))}: `dvc pull` fetches it")
    return found


@pytest.fixture(scope="module")
def computed(tablets: Path) -> pl.DataFrame:
    text = pl.concat([_text(path) for path in sorted((tablets / "press").glob("*.csv"))])
    seconds = pl.col("timestamp").str.to_datetime().dt.epoch("s").cast(pl.Float64)
    values = [
        pl.col(column).replace("", None).cast(pl.Float64).mul(factor).alias(tag) for column, (tag, factor) in COLUMNS.items()
    ]
    sizes = _text(tablets / "Normalization.csv").select(
        code="Product code", tablet_count=pl.col("Batch Size (tablets)").cast(pl.Float64)
    )
    wide = (
        text.select("batch", "code", seconds.alias("time"), *values)
        .filter(pl.col("tablet_rate").is_not_null())
        .join(sizes, on="code", maintain_order="left")
        .sort("batch", "time", maintain_order=True)
    )
    return wide.group_by("batch", maintain_order=True).agg(
        feature.compute(*map(pl.col, (*feature.tags, *feature.inputs))).alias(feature.name)
        for feature in TRAJECTORY_FEATURES
    )


@pytest.fixture(scope="module")
def published(tablets: Path, computed: pl.DataFrame) -> pl.DataFrame:
    return computed.select("batch").join(_text(tablets / "Process.csv"), on="batch", maintain_order="left")


def _misses(computed: pl.DataFrame, published: pl.DataFrame, feature: str) -> list[str]:
    """Batches that differ by more than 1e-6 of the value, and by more than the rounding of the published value."""
    column, factor = PUBLISHED[feature]
    expected = published[column].cast(pl.Float64)
    gap = (computed[feature].cast(pl.Float64) / factor - expected).abs()
    return computed.filter(gap > expected.abs() * 1e-6 + 1e-8)["batch"].to_list()


@pytest.mark.parametrize("feature", sorted(set(PUBLISHED) - {"tablet_rate_runs"}))
def test_trajectory_feature__reproduces_the_published_descriptor(
    computed: pl.DataFrame, published: pl.DataFrame, feature: str
) -> None:
    assert computed.height == 29
    assert _misses(computed, published, feature) == []


def test_tablet_rate_runs__differ_only_in_the_batch_whose_empty_rows_the_publisher_counted(
    computed: pl.DataFrame, published: pl.DataFrame
) -> None:
    # Batch 117 has 57 rows without any sensor value. The published number, 357 changes, counts each of them.
    assert _misses(computed, published, "tablet_rate_runs") == ["117"]


def test_weekend_stop__agrees_with_the_publisher(computed: pl.DataFrame, published: pl.DataFrame) -> None:
    stops = computed["weekend_stop"] == 1
    assert stops.to_list() == (published["weekend"] == "yes").to_list()


def _value(name: str, **inputs: float) -> float:
    feature = next(feature for feature in FEATURES if feature.name == name)
    return float(pl.select(feature.compute(*(pl.lit(inputs[key]) for key in feature.inputs))).item())


def test_features__work_without_the_geometry_of_the_press() -> None:
    known = {
        "main_compression_force": 6.2e3,
        "pre_compression_force": 100.0,
        "ejection_force": 200.0,
        "tablet_diameter": 6.1e-3,
        "fill_depth": 6.5e-3,
        "cylindrical_height": 2.0e-3,
        "tablet_rate": 120_000 / 3600,
        "tablet_count": 960_000.0,
    }
    offered = {feature.name for feature in FEATURES if set(feature.inputs) <= set(known)}
    assert offered == {
        "compression_pressure",
        "pre_compression_pressure",
        "pre_to_main_force",
        "compression_ratio",
        "compressive_strain",
        "ejection_stress",
        "tablet_interval",
        "run_time",
    }
    values = {name: _value(name, **known) for name in offered}
    assert values["compression_pressure"] == pytest.approx(212.15e6, rel=1e-4)
    assert values["ejection_stress"] == pytest.approx(5.218e6, rel=1e-3)
    assert values["compression_ratio"] + values["compressive_strain"] == pytest.approx(1)
    assert values["run_time"] == pytest.approx(8 * 3600)
    assert values["tablet_interval"] == pytest.approx(0.03)


def test_strain_rate__doubles_with_the_turret_speed() -> None:
    press = {
        "fill_depth": 8e-3,
        "cylindrical_height": 4e-3,
        "punch_head_flat": 12.7e-3,
        "pitch_circle_diameter": 0.4,
    }
    slow, fast = (_value("strain_rate", turret_speed=speed, **press) for speed in (0.5, 1.0))
    assert fast == pytest.approx(2 * slow)


def test_solid_fraction_and_convex_strength__of_one_batch_by_hand() -> None:
    tablet = {"tablet_weight": 4e-4, "tablet_diameter": 0.01, "tablet_thickness": 0.004, "true_density": 1500.0}
    assert _value("tablet_solid_fraction", **tablet) == pytest.approx(4e-4 / (3.141592653589793 / 4 * 1e-4 * 0.004) / 1500)
    convex = _value("convex_tensile_strength", breaking_force=100.0, band_height=0.002, **tablet)
    assert convex == pytest.approx(1000 / (3.141592653589793 * 1e-4) / (1.136 - 0.252 + 0.63 + 0.01))


def test_compaction__density_under_pressure_and_strength_at_a_density_by_hand() -> None:
    # 100 MPa on a punch of 10 mm: 7,854 N; Heckel: 1 − exp(−(1 + 0.7)); Ryshkewitch, Duckworth: 10 MPa·exp(−8·(1 − 0.8488))
    powder = {"yield_pressure": 100e6, "heckel_intercept": 0.7, "dense_strength": 10e6, "bonding_capacity": 8.0}
    pressed = _value("expected_solid_fraction", main_compression_force=7853.98, tablet_diameter=0.01, **powder)
    assert pressed == pytest.approx(1 - math.exp(-1.7), rel=1e-6)
    tablet = {"tablet_weight": 4e-4, "tablet_diameter": 0.01, "tablet_thickness": 0.004, "true_density": 1500.0}
    assert _value("expected_strength", **tablet, **powder) == pytest.approx(10e6 * math.exp(-8 * (1 - 0.848826)), rel=1e-5)
