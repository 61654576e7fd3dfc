"""A lot that the history does not know, such as the starting material of a patient: its properties are stated as settings."""

import polars as pl
import pytest

from pipeline.answers.case.new_lots import NEW_LOT, lot_settings, new_materials
from pipeline.answers.case.plan_features import PlanFeatures
from pipeline.answers.case.proposed_batch import ProposedBatch, propose
from pipeline.answers.scenarios.lots import lots_to_come
from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.history.tables import History
from tests.support.definitions import PlainData
from tests.support.pot import definition, history, pot, proposal, ready


def features(proposed: ProposedBatch) -> pl.DataFrame:
    return PlanFeatures(pot(), history()).row(proposed.history)


def test_lot_settings__are_the_numbers_that_describe_lots() -> None:
    assert lot_settings(pot()) == ["copper", "zinc"]


def test_new_lot__has_the_stated_properties() -> None:
    made = propose(pot(), proposal(settings={"copper": "1.5 g/L", "zinc": "2500 mg/L"}), history())
    row = features(made)
    assert (row["copper"][0], row["zinc"][0]) == pytest.approx((1.5, 2.5))
    assert made.history.genealogy["lot_id"].to_list() == [NEW_LOT]
    assert not {"copper", "zinc"} & set(made.missing)


def test_new_lot__takes_what_is_not_stated_from_the_lots_of_the_reference_and_says_so() -> None:
    made = propose(pot(), proposal(settings={"copper": "1.5 g/L"}), history())
    own = history().genealogy.join(made.reference, on="batch_id", how="semi")
    zinc = own.join(history().lots.filter(pl.col("attribute") == "zinc"), on="lot_id")["value"].median()
    assert features(made)["zinc"][0] == pytest.approx(zinc)
    assert made.assumed["zinc"].origin.startswith("as P ran at 1 L in")
    assert "copper" not in made.assumed
    assert "media" not in made.assumed


def test_new_lot__leaves_properties_unknown_if_nothing_is_assumed() -> None:
    made = propose(pot(), proposal(settings={"copper": "1.5 g/L"}, unstated="missing"), history())
    row = features(made)
    assert (row["copper"][0], row["zinc"][0]) == (pytest.approx(1.5), None)
    assert "zinc" in made.missing


def test_new_lot__does_not_change_the_lots_of_history() -> None:
    tables = history()
    made = propose(pot(), proposal(settings={"copper": "1.5 g/L"}), tables)
    assert NEW_LOT not in tables.lots["lot_id"]
    assert made.history.lots.filter(pl.col("lot_id") != NEW_LOT).equals(tables.lots)


def test_new_lot__and_a_known_lot_of_one_material_exclude_each_other() -> None:
    asked = proposal(settings={"copper": "1.5 g/L"}, lots={"media": [{"lot": "L01"}]})
    with pytest.raises(ScalebridgeError, match=r"`lots` names lots of 'media', and `settings` states copper of a new lot"):
        new_materials(pot(), asked)


def test_new_lot__must_be_possible() -> None:
    with pytest.raises(ScalebridgeError, match="copper"):
        propose(pot(), proposal(settings={"copper": "1.5 kg"}), history())


def test_an_unknown_lot__is_refused_with_the_way_out() -> None:
    with pytest.raises(ScalebridgeError, match=r"no lot 'L99' of 'media'.*For a new lot state its properties in `settings`"):
        propose(pot(), proposal(lots={"media": [{"lot": "L99"}]}), history())


def test_scenarios__keep_the_properties_of_a_new_lot_and_draw_those_that_are_not_stated() -> None:
    both = ready(settings={"copper": "1.5 g/L", "zinc": "2 g/L"})
    assert lots_to_come(both) == ()
    assert both.batch["copper"][0] == pytest.approx(1.5)
    (drawn,) = lots_to_come(ready(settings={"copper": "1.5 g/L"}))
    assert drawn.properties.columns == ["zinc"]


def two_materials() -> tuple[Process, History]:
    """The pot with a second material, `salt`, of which each batch uses the lot S1."""
    plain: PlainData = definition()
    plain["materials"]["salt"] = {}
    plain["sources"]["salts"] = {"gives": "lots", "files": ["s.csv"], "material": "salt", "lot": "lot"}
    plain["attributes"]["purity"] = {
        "role": "CMA", "horizon": "plan", "description": "x", "material": "salt", "column": "salts.purity",
    }  # fmt: skip
    process, tables = parse(Process, plain, "pot"), history()
    salt = pl.DataFrame({"material": ["salt"], "lot_id": ["S1"], "attribute": ["purity"], "value": [0.9]})
    used = tables.batches.select("batch_id", pl.lit("salt").alias("material"), pl.lit("S1").alias("lot_id")).with_columns(
        pl.lit(1.0).alias("fraction")
    )
    assert isinstance(process, Process)
    lots, genealogy = pl.concat([tables.lots, salt]), pl.concat([tables.genealogy, used])
    return process, History(tables.batches, tables.results, lots, genealogy, tables.trajectories)


@pytest.mark.parametrize("stated", [{"settings": {"copper": "1.5 g/L"}}, {"lots": {"media": [{"lot": "L01"}]}}])
def test_materials_that_are_not_stated__are_as_in_the_reference(stated: dict[str, object]) -> None:
    process, tables = two_materials()
    made = propose(process, proposal(**stated), tables)
    used = made.history.genealogy.filter(pl.col("material") == "salt")
    assert used["lot_id"].to_list() == ["S1"]
    assert str(made.assumed["salt"].value) == "lot S1"
