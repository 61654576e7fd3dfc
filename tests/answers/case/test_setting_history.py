"""What the stirred pot has run: the stirrer speed follows the vessel, the temperature the product."""

import numpy as np
import polars as pl
import pytest

from pipeline.answers.case.setting_history import Place, SettingHistory, follows_place, moves_with_scale, settings_of_batches
from pipeline.domain.scale import scale_levels
from tests.support.example_result import plant_process
from tests.support.pot import history, pot

BATCHES = history(24).batches
LEVELS = BATCHES.with_columns(scale_levels(BATCHES["scale"], 0.1).alias("scale_level"))
SETTINGS = SettingHistory(pot(), BATCHES)
IN_B = BATCHES.filter(pl.col("equipment") == "B")
OF_P = BATCHES.filter(pl.col("product") == "P")


def test_follows_place__compares_the_scatter_among_vessels_with_that_among_products() -> None:
    assert follows_place(LEVELS, "agitation", 0.5)
    assert not follows_place(LEVELS, "temperature", 0.5)


def test_follows_place__of_a_text_counts_the_batches_with_another_text() -> None:
    rows = LEVELS.with_columns(of_vessel=pl.col("equipment") + "x", of_product=pl.col("product") + "x")
    assert follows_place(rows, "of_vessel", 0.5)
    assert not follows_place(rows, "of_product", 0.5)


def test_follows_place__is_not_shown_by_a_product_per_batch() -> None:
    alone = LEVELS.with_columns(product=pl.col("batch_id"))
    assert not follows_place(alone, "agitation", 0.5)


def test_settings_of_batches__are_what_a_proposal_can_state() -> None:
    assert settings_of_batches(pot(), BATCHES.columns) == ["agitation", "temperature"]


def test_usual__is_the_median_of_the_vessel_and_says_so() -> None:
    found = SETTINGS.usual("agitation", Place("P", 0.1, "B"))
    assert found is not None
    assert found.value == pytest.approx(IN_B["agitation"].median())
    assert (found.origin, found.of_vessel) == ("as B ran in 8 batches", True)
    assert found.seen.endswith(" rpm")


def test_usual__takes_the_batches_of_the_product_in_the_vessel_first() -> None:
    found = SETTINGS.usual("agitation", Place("Q", 0.001, "A"))
    own = BATCHES.filter((pl.col("product") == "Q") & (pl.col("equipment") == "A"))
    assert found is not None
    assert (found.value, found.origin) == (
        pytest.approx(own["agitation"].median()),
        f"as Q ran in A in {own.height} batches",
    )


def test_usual__without_a_vessel_is_what_ran_at_the_scale() -> None:
    found = SETTINGS.usual("agitation", Place("P", 0.1))
    assert found is not None
    assert (found.origin, found.of_vessel) == ("as 8 batches at 100 L ran", False)
    assert SETTINGS.usual("agitation", Place("P", 5.0)) is None


def test_usual__of_a_vessel_at_several_scales_is_that_of_the_scale() -> None:
    more = SettingHistory(pot(), BATCHES.with_columns(equipment=pl.lit("B")))
    found = more.usual("agitation", Place("P", 0.1, "B"))
    assert found is not None
    assert (found.value, found.origin) == (pytest.approx(IN_B["agitation"].median()), "as B ran at 100 L in 8 batches")


def test_usual__a_text_counts_only_where_all_batches_agree() -> None:
    process = plant_process()
    rows = _plant(["x", "x", "y"])
    assert SettingHistory(process, rows[:2]).usual("sparger", Place("P", 2.0, "V")).value == "x"  # type: ignore[union-attr]
    assert SettingHistory(process, rows).usual("sparger", Place("P", 2.0, "V")) is None


def _plant(spargers: list[str]) -> pl.DataFrame:
    count = len(spargers)
    return pl.DataFrame(
        {
            "batch_id": [str(i) for i in range(count)], "product": "P", "scale": 2.0, "equipment": "V", "site": "S",
            "sparger": spargers, "agitation": np.linspace(1.0, 1.1, count), "gas_flow": 0.1, "head_pressure": 0.0,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "moves"), [("agitation", True), ("gas_flow", True), ("ph", False), ("head_pressure", False)]
)
def test_moves_with_scale__is_what_gives_a_quantity_per_volume(name: str, moves: bool) -> None:
    assert moves_with_scale(plant_process(), name) == moves


def test_follows_place__where_no_product_ran_at_two_scales_comes_from_the_formulas() -> None:
    """One scale cannot show that a stirrer speed follows it, and yet the speed of the bench is not that of the plant."""
    alone = SettingHistory(plant_process(), _plant(["x", "x"]))
    assert alone.follows_place("agitation")
    assert not alone.follows_place("head_pressure")


@pytest.mark.parametrize(
    ("name", "place", "words", "batches"),
    [
        ("agitation", Place("P", 0.1, "B"), "B has run ", IN_B.height),
        ("temperature", Place("P", 0.1, "B"), "P has run ", OF_P.height),
        ("temperature", Place("new", 0.1, "B"), "B has run ", IN_B.height),
        ("agitation", Place("P", 0.1), "8 batches at 100 L have run ", 8),
        ("temperature", Place("new", 5.0), "24 batches of all products have run ", 24),
    ],
)
def test_supported__is_what_the_vessel_or_the_product_has_run(name: str, place: Place, words: str, batches: int) -> None:
    found = SETTINGS.supported(name, place)
    assert found is not None
    assert found.words.startswith(words)
    assert found.batches == batches


def test_supported__has_the_ends_of_these_batches() -> None:
    found = SETTINGS.supported("agitation", Place("P", 0.1, "B"))
    assert found is not None
    assert (found.low, found.high) == (IN_B["agitation"].min(), IN_B["agitation"].max())
    low, high = (60 * float(end) for end in (found.low, found.high))
    assert found.words == f"B has run {low:.4g} to {high:.4g} rpm in 8 batches"


def test_supported__of_a_single_value_or_of_a_place_without_batches() -> None:
    constant = SettingHistory(
        pot(), BATCHES.with_columns(agitation=pl.when(pl.col("equipment") == "B").then(1.0).otherwise(5.0))
    )
    found = constant.supported("agitation", Place("P", 0.1, "B"))
    assert found is not None
    assert (found.single, found.words) == (True, "B has run only 60 rpm in 8 batches")
    assert SETTINGS.supported("agitation", Place("P", 5.0)) is None


def test_supported__values_that_people_write_alike_are_one_value() -> None:
    """0.2 bar and 2.9008 psi differ in the fifth digit."""
    rounded = pl.when(pl.col("batch_id") == "B002").then(1.00001).when(pl.col("equipment") == "B").then(1.0).otherwise(5.0)
    found = SettingHistory(pot(), BATCHES.with_columns(agitation=rounded)).supported("agitation", Place("P", 0.1, "B"))
    assert found is not None
    assert (found.single, found.words) == (True, "B has run only 60 rpm in 8 batches")


def test_vessels__have_the_most_used_by_the_product_first() -> None:
    assert SETTINGS.vessels(Place("P", 0.1), None) == [("B", 8)]
    assert SETTINGS.vessels(Place("P", 0.1), "Here") == []
