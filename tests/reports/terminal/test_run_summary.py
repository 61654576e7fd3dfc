"""The summary of a run prints the scores that the stages wrote, marks what is no promise, and says where to look next."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from rich.console import Console

from pipeline.domain.places import Places
from pipeline.reports.files import write_answer
from pipeline.reports.terminal.run_summary import show_summary
from tests.support.definitions import PlainData
from tests.support.pot import definition
from tests.support.trained_pot import answered

SCORE = {
    "protocol": "largest_scale_out",
    "model": "answering",
    "cqa": "titre",
    "unit": "g/L",
    "product": "all",
    "n": 48,
    "groups": 12,
    "rmse": 0.12345,
    "skill_carry_over": 0.5,
    "skill_carry_over_low": -0.25,
    "skill_carry_over_high": 0.75,
    "coverage_90": 0.875,
    "coverage_90_low": 0.625,
    "coverage_90_least": 0.5,
    "coverage_90_most": 0.97,
    "width_90": 1.5,
}
PAST = {
    "scale_up": 1,
    "given": 0,
    "cqa": "titre",
    "unit": "g/L",
    "answered_by": "additive_table",
    "lineage": "Q",
    "scale": 2.0,
    "batches": 16,
    "predicted": 1.25,
    "lower": 0.75,
    "upper": 1.75,
    "observed": 1.125,
    "carry_over": 2.625,
    "covered": 15,
}
Make = Callable[..., Places]


def _with_hmw() -> PlainData:
    """The definition of the pot with a second quality attribute, which has a display name."""
    made = definition()
    made["attributes"]["hmw"] = made["attributes"]["titre"] | {"display": "HMW"}
    return made


@pytest.fixture
def places(tmp_path: Path) -> Make:
    """The files of a run: a score of the model and of both baselines, with changes of the model's."""

    def make(level: float = 0.95, past: list[dict[str, Any]] | None = None, **changes: object) -> Places:
        found = Places.under(tmp_path / "data")
        (tmp_path / "data/model").mkdir(parents=True)
        found.config.mkdir()
        (found.config / "process.yaml").write_text(yaml.safe_dump({"process": _with_hmw()}), encoding="utf-8")
        baselines = [SCORE | {"model": kind, "rmse": rmse} for kind, rmse in (("carry_over", 0.25), ("global_mean", 0.5))]
        product = SCORE | {"product": "P", "rmse": 777.0}
        scores = pl.DataFrame([SCORE | changes, *baselines, product], infer_schema_length=None)
        scores.write_parquet(found.scores)
        kinds = [kind for kind in ("answering", "carry_over", "global_mean") for _ in range(2)]
        folds = {"protocol": "largest_scale_out", "cqa": "titre", "model": kinds, "largest_level": [0.99, level] * 3}
        pl.DataFrame(folds).write_parquet(found.calibrations)
        choices = {"titre": ["ridge", "new_scale and next_batch"], "hmw": ["carry_over", "new_lineage"]}
        (found.model / "about.json").write_text(json.dumps({"choices": choices}), encoding="utf-8")
        if past is not None:
            pl.DataFrame(past, schema=None if past else dict.fromkeys(PAST, pl.Float64)).write_parquet(found.reenactments)
        return found

    return make


def printed(places: Places, width: int = 200) -> str:
    console = Console(width=width, file=StringIO())
    show_summary("0123", places, places.answers, console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def cells(text: str, start: str) -> list[str]:
    """The words of the line that begins so."""
    (line,) = [line for line in text.splitlines() if line.strip().startswith(start)]
    return line.split()


def test_summary__has_the_model_beside_the_baselines(places: Make) -> None:
    text = printed(places())
    line = cells(text, "largest scale out")
    assert line[3:11] == ["titre", "g/L", "48", "12", "0.123", "–", "0.25", "0.5"]
    assert line[11:] == ["+0.50", "-0.25", "to", "+0.75", "88", "%", "50", "to", "97", "%", "1.5"]
    assert "by the model that answers" in text
    assert "777" not in text


def test_summary__a_narrow_terminal_leaves_out_the_baselines(places: Make) -> None:
    line = cells(printed(places(), width=90), "largest scale out")
    assert line[3:] == ["titre", "g/L", "0.123", "–", "+0.50", "88", "%", "50", "to", "97", "%", "1.5"]


@pytest.mark.parametrize(("level", "marked"), [(0.95, False), (0.9, False), (0.85, True)])
def test_summary__marks_an_interval_that_one_fold_cannot_promise(places: Make, level: float, marked: bool) -> None:
    assert ("*" in cells(printed(places(level)), "largest scale out")) is marked


def test_summary__a_skill_that_is_not_known_is_left_empty(places: Make) -> None:
    unknown = {
        "skill_carry_over": None,
        "skill_carry_over_low": None,
        "skill_carry_over_high": None,
        "coverage_90_least": None,
        "coverage_90_most": None,
    }
    line = cells(printed(places(**unknown)), "largest scale out")
    assert line[7:] == ["0.123", "–", "0.25", "0.5", "88", "%", "1.5"]


def test_summary__of_a_run_from_before_coverages_had_limits_leaves_them_empty(places: Make) -> None:
    found = places()
    older = pl.read_parquet(found.scores).drop("groups", "coverage_90_least", "coverage_90_most")
    older.write_parquet(found.scores)
    line = cells(printed(found), "largest scale out")
    assert line[5:7] == ["48", "0.123"]
    assert line[-3:] == ["88", "%", "1.5"]


def test_summary__has_the_noise_floor_and_its_source(places: Make) -> None:
    known = {
        "noise_floor": 0.1,
        "noise_floor_low": 0.08,
        "noise_floor_high": 0.15,
        "noise_floor_source": "from 34 replicates",
    }
    text = printed(places(**known))
    assert cells(text, "largest scale out")[7:9] == ["0.123", "0.1"]
    assert "error that no model can go below; titre: from 34 replicates (90 % interval 0.8 to 1.5 times)" in text


def test_summary__says_that_no_noise_floor_is_known(places: Make) -> None:
    none = dict.fromkeys(("noise_floor", "noise_floor_low", "noise_floor_high", "noise_floor_source"))
    assert "–: neither replicates nor a stated repeatability" in printed(places(**none))


def test_summary__past_scale_ups_stand_before_the_scores_in_the_unit_of_the_scale(places: Make) -> None:
    known = PAST | {"given": 3, "predicted": 888.0}
    text = printed(places(past=[PAST, known, PAST | {"cqa": "hmw", "lineage": "Q"}]))
    first = cells(text, "Q at 2,000 L")
    assert first[4:] == ["titre", "g/L", "additive", "table", "16", "2.62", "1.25", "0.75", "–", "1.75", "1.12", "15/16"]
    assert cells(text, "HMW ")[0] == "HMW"  # a second attribute of the same scale-up does not repeat its name
    assert "888" not in text
    assert text.index("Q at 2,000 L") < text.index("largest scale out")


def test_summary__without_past_scale_ups_says_nothing_of_them(places: Make) -> None:
    assert "had you asked" not in printed(places(past=[]))


def test_summary__says_which_model_answers_and_where_nothing_beat_a_baseline(places: Make) -> None:
    text = printed(places())
    assert "titre: ridge (by new scale, next batch)" in text
    line = next(line for line in text.splitlines() if line.strip().startswith("HMW: carry_over"))
    assert "by new lineage" in line
    assert len(line) > len("  HMW: carry_over (by new lineage)")


def test_summary__shows_the_worth_of_other_products_and_the_answers(places: Make) -> None:
    found = places()
    rows = {"cqa": "titre", "product": "P", "own": [0, 1], "batches": 8, "with_others": [0.5, 0.25], "without": [None, 0.5]}
    pl.DataFrame(rows).write_parquet(found.transfer)
    write_answer(answered(), found.answers / "p_to_100L")
    text = printed(found)
    assert "0.25" in next(line for line in text.splitlines() if "1 own" in line)
    assert "P to 100 L" in text
    assert "This answer is from an earlier version, not from the current run." in text


def test_summary__says_where_to_look_next(places: Make) -> None:
    found = places()
    text = "".join(printed(found, width=400).split("Next:")[1:])
    for place in (found.quality_report, found.plots, found.explanations):
        assert str(place) in text


def test_summary__says_what_past_transfers_changed(places: Make) -> None:
    to_cork = PAST | {"step": "site", "place": "Cork"}
    text = printed(places(past=[to_cork, to_cork | {"scale_up": 2, "place": "Visp", "lineage": "P"}]))
    assert "Your last 2 transfers to another site, had you asked" in text
    assert "only batches from before the transfer to another site." in text
    assert "Q in Cork" in text
    assert "P in Visp" in text
    assert "scale-up" not in text


def test_summary__of_several_axes_names_size_or_place_of_each_transfer(places: Make) -> None:
    device = PAST | {"step": "device", "place": "D-7"}
    grown = PAST | {"scale_up": 2, "step": "scale", "place": None}
    text = printed(places(past=[device, grown]))
    assert "Your last 2 transfers, had you asked" in text
    assert "Q on D-7" in text
    assert "Q at 2,000 L" in text
