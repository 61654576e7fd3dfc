"""Values that a proposal does not state."""

import polars as pl
import pytest

from pipeline.answers.case.assumptions import assumed_controls, assumed_lots, assumed_settings, in_reference, start_value
from pipeline.answers.case.setting_history import Place, SettingHistory
from tests.support.pot import history, pot

TABLES = history(24)
SETTINGS = SettingHistory(pot(), TABLES.batches)
REFERENCE = TABLES.batches.filter((pl.col("product") == "P") & (pl.col("scale") == 0.001))
IN_B = Place("P", 0.1, "B")


def test_assumed_settings__leave_out_what_is_stated() -> None:
    assert set(assumed_settings(SETTINGS, IN_B, REFERENCE, {"agitation"}, ()).assumed) == {"temperature"}


def test_assumed_settings__a_property_of_a_vessel_comes_from_a_known_vessel_alone() -> None:
    nowhere = assumed_settings(SETTINGS, Place("P", 0.1), REFERENCE, (), ("agitation",))
    assert (set(nowhere.assumed), nowhere.open) == ({"temperature"}, ("agitation",))
    known = assumed_settings(SETTINGS, IN_B, REFERENCE, (), ("agitation",))
    assert (set(known.assumed), known.open) == ({"temperature"}, ())


def test_start_value__is_above_zero() -> None:
    zero_in_b = TABLES.batches.with_columns(agitation=pl.when(pl.col("equipment") == "B").then(0.0).otherwise("agitation"))
    at_zero = SettingHistory(pot(), zero_in_b)
    assert start_value(at_zero, "agitation", IN_B, REFERENCE) == REFERENCE["agitation"].median()
    nothing = SettingHistory(pot(), TABLES.batches.with_columns(agitation=pl.lit(0.0)))
    assert start_value(nothing, "agitation", IN_B, REFERENCE.with_columns(agitation=pl.lit(0.0))) is None


def test_assumed_controls__of_a_process_without_controls_are_none() -> None:
    assert assumed_controls(SETTINGS, REFERENCE, TABLES) == {}


def test_assumed_lots__name_the_lots_and_the_batches() -> None:
    used = TABLES.genealogy.join(REFERENCE, on="batch_id", how="semi")
    found = assumed_lots(pot(), REFERENCE, used)["media"]
    assert str(found.value).startswith(f"{used['lot_id'].n_unique()} lots: L")
    assert found.origin == f"as P ran at 1 L in {REFERENCE.height} batches"
    one = assumed_lots(pot(), REFERENCE, used.head(1))["media"]
    assert one.value == f"lot {used['lot_id'][0]}"


@pytest.mark.parametrize(
    ("rows", "words"), [(REFERENCE.head(1), "P ran at 1 L in 1 batch"), (TABLES.batches, "24 batches of P, Q at")]
)
def test_in_reference__names_product_scale_and_number(rows: pl.DataFrame, words: str) -> None:
    assert in_reference(pot(), rows, rows.height).startswith(words)
