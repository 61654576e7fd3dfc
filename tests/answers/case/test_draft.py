"""Drafts of proposals about the stirred pot: the stirrer speed follows the vessel, the temperature the product."""

from pathlib import Path

import polars as pl
import pytest
import yaml

from pipeline.answers.case.draft import Asked, draft
from pipeline.answers.scale_comparison.held_settings import HeldSetting
from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from tests.conftest import process_of
from tests.support.many_steps import long_history, planned_load
from tests.support.pot import history, pot
from tests.support.small_history import SmallHistory

BATCHES = history(24).batches


def _proposal(text: str) -> Proposal:
    made = parse(Proposal, yaml.safe_load(text), "draft")
    assert isinstance(made, Proposal)
    return made


def _comment(text: str, name: str) -> str:
    [line] = [line for line in text.splitlines() if line.strip().lstrip("# ").startswith(f"{name}:")]
    return line.split("# ", 1)[1]


def test_draft__is_a_proposal_with_set_points_of_the_vessel_and_of_the_product() -> None:
    text = draft(pot(), BATCHES, Asked("P", "100 L", "B"))
    made, of_p, in_b = (
        _proposal(text),
        BATCHES.filter(pl.col("product") == "P"),
        BATCHES.filter(pl.col("equipment") == "B"),
    )
    assert (made.name, made.process, made.product, made.equipment, made.site) == ("P to 100 L", "pot", "P", "B", "There")
    assert made.unstated == "as_reference"
    speed, warmth = (str(made.settings[name]).split(" ") for name in ("agitation", "temperature"))
    assert float(speed[0]) == pytest.approx(60 * in_b["agitation"].median(), rel=1e-3)  # type: ignore[operator]
    assert float(warmth[0]) == pytest.approx(of_p["temperature"].median() - 273.15, rel=1e-3)  # type: ignore[operator]
    assert (speed[1], warmth[1]) == ("rpm", "degC")
    assert _comment(text, "agitation").startswith(f"median of {in_b.height} batches in B, ")
    assert _comment(text, "temperature").startswith(f"median of {of_p.height} batches of P, ")
    assert _comment(text, "site") == f"{in_b.height} of {in_b.height} batches in B"


def test_draft__takes_the_batches_of_the_product_in_the_vessel_first() -> None:
    own = BATCHES.filter((pl.col("product") == "Q") & (pl.col("equipment") == "A"))
    text = draft(pot(), BATCHES, Asked("Q", "1 L", "A"))
    assert {_comment(text, name).split(",")[0] for name in ("agitation", "temperature")} == {
        f"median of {own.height} batches of Q in A"
    }


def test_draft__without_a_vessel_takes_the_one_that_is_used_most_at_the_scale() -> None:
    text = draft(pot(), BATCHES, Asked("P", "100 L"))
    assert (_proposal(text).equipment, _proposal(text).site) == ("B", "There")
    assert _comment(text, "equipment") == "ran 8 of 8 batches at this scale"
    assert "batches in B" in _comment(text, "agitation")


def test_draft__at_a_scale_that_nobody_ran_leaves_open_what_follows_the_vessel() -> None:
    text = draft(pot(), BATCHES, Asked("P", "5000 L"))
    assert "agitation" not in _proposal(text).settings
    assert "temperature" in _proposal(text).settings
    assert "no batch ran at this scale: state it" in _comment(text, "agitation")


def test_draft__a_set_point_that_holds_a_quantity_takes_the_place_of_that_of_history() -> None:
    held = {"agitation": HeldSetting(0.5, "holds the tip speed at 1 m/s")}
    for asked, rest in ((Asked("P", "100 L", "B"), "; history: "), (Asked("P", "5000 L"), "")):
        text = draft(pot(), BATCHES, asked, held)
        assert _proposal(text).settings["agitation"] == "30 rpm"
        assert _comment(text, "agitation").startswith(f"holds the tip speed at 1 m/s{rest}")


def test_draft__of_a_new_product_says_so() -> None:
    text = draft(pot(), BATCHES, Asked("Z\nsite: x", "100 L", "B"))
    assert _proposal(text).product == "Z\nsite: x"
    assert "is a new product: history holds P, Q" in text
    assert "of all products" in _comment(text, "temperature")


def test_draft__a_set_point_of_one_batch_has_no_range() -> None:
    text = draft(pot(), BATCHES[:1], Asked(BATCHES["product"][0], "1 L", BATCHES["equipment"][0]))
    assert _comment(text, "temperature") == f"1 batch of {BATCHES['product'][0]} in {BATCHES['equipment'][0]}"


def test_draft__of_a_process_without_product_and_scale_asks_for_neither() -> None:
    bare = parse(Process, SmallHistory((), ("volume", "product")).definition(), "bare")
    assert isinstance(bare, Process)
    rows = pl.DataFrame(
        {
            "batch_id": ["1", "2", "3"], "product": "small", "lineage": "small", "scale": 1.0, "site": None, "equipment": "V1",
            "vessel": "V1", "temperature": [310.0, 311.0, 312.0], "agitation": [1.0, 2.0, 3.0],
        },
        schema_overrides={"site": pl.String},
    )  # fmt: skip
    text = draft(bare, rows, Asked())
    made = _proposal(text)
    assert (made.product, made.scale, made.name) == ("", "", "small")
    assert made.settings["agitation"] == "120 rpm"
    assert _comment(text, "agitation") == "median of 3 batches of history, 60 – 180 rpm"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Asked("", "100 L"), "A proposal about process 'pot' needs a product: give --product; products in history are P, Q"),
        (Asked("P", ""), "A proposal about process 'pot' needs a scale: give --scale"),
        (Asked("P", "100 kg"), "'kg', which cannot be converted to 'L'"),
        (Asked("P", "-1 L"), "The scale -1 L must be above zero"),
        (Asked("P", "100 L", "C"), "No batch was made on equipment 'C', so its set-points are not known; available: A, B"),
    ],
)
def test_draft__of_a_question_that_does_not_fit_is_a_sentence(asked: Asked, words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        draft(pot(), BATCHES, asked)


def test_draft__of_a_process_with_steps_states_the_batch_sizes_of_the_other_steps(tmp_path: Path) -> None:
    given = planned_load()
    found = long_history(tmp_path, given).batches
    volume = found["scale"].max()
    made = _proposal(draft(process_of(given), found, Asked("A", f"{1000 * float(volume):g} L")))  # type: ignore[arg-type]
    assert str(made.settings["column_volume"]).endswith(" L")
