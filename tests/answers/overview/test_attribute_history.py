"""Results against batch size, and past scale-ups as they would have been predicted."""

from dataclasses import replace
from datetime import datetime

import polars as pl
import pytest

from pipeline.answers.overview import attribute_history
from pipeline.answers.overview.attribute_history import histories, place_of
from tests.support.trained_pot import trained_run

RUN = trained_run()


def forecast(fold: int, batch: str, predicted: float, observed: float, model: str) -> dict[str, object]:
    return {
        "protocol": "past_scale_ups", "fold": fold, "model": model, "answered_by": "ridge", "cqa": "titre", "batch_id": batch,
        "lineage": f"L{fold}", "scale": 0.1, "predicted": predicted, "lower_90": predicted - 0.1, "upper_90": predicted + 0.1,
        "observed": observed, "answered": True, "censoring": "none",
    }  # fmt: skip


def past() -> pl.DataFrame:
    batches = RUN.rows.sort("started_at")["batch_id"].to_list()
    newer, older = batches[-1], batches[0]
    return pl.DataFrame(
        [
            forecast(0, newer, 1.0, 1.05, "answering"),
            forecast(0, newer, 1.5, 1.05, "carry_over"),
            forecast(1, older, 1.0, 1.3, "answering"),
            forecast(1, older, 1.2, 1.3, "carry_over"),
        ]
    )


def test_histories__separate_the_product_from_the_others() -> None:
    found = histories(RUN, "P", {"titre": "titre"}, "titre")["titre"]
    batches = RUN.history.batches
    assert len(found.own.values) == batches.filter(pl.col("product") == "P").height
    assert len(found.others.values) == batches.filter(pl.col("product") != "P").height
    assert set(found.own.places) == {1.0}
    assert set(found.others.places) == {1.0, 100.0}
    assert (found.past, found.sentence) == ((), "")
    assert place_of(RUN.process) == "batch size"


def test_histories__past_scale_ups_come_in_order_of_their_first_batch() -> None:
    found = histories(replace(RUN, forecasts=past()), "P", {"titre": "titre"}, "titre")["titre"]
    assert [one.line for one in found.past] == ["L1", "L0"]
    assert [one.inside for one in found.past] == [0, 1]
    assert found.past[1].carry_over == pytest.approx(1.5)
    assert found.sentence == (
        "Had you asked before the last 2 scale-ups, 1 of 2 results of titre would have been inside the 90 % interval. Results "
        "of one transfer are alike, so these 2 scale-ups show only that the share is 1 to 99 % (95 % confidence). Mean error "
        "of the prediction 0.18 g/L, of the carry-over 0.28 g/L."
    )


def test_histories__of_one_past_scale_up_do_not_show_how_often_an_interval_holds() -> None:
    only = past().filter(pl.col("fold") == 0)
    found = histories(replace(RUN, forecasts=only), "P", {"titre": "titre"}, "titre")["titre"]
    assert "One scale-up does not show how often the interval holds." in found.sentence
    assert "95 % confidence" not in found.sentence


def test_histories__many_batches_of_few_scale_ups_do_not_make_a_share_sure() -> None:
    both = past().filter(pl.col("model") == "answering")
    many = pl.concat([both.with_columns(pl.lit(f"{i}").alias("batch_id")) for i in range(50)]).with_columns(
        observed="predicted"
    )
    found = histories(replace(RUN, forecasts=many), "P", {"titre": "titre"}, "titre")["titre"]
    assert "100 of 100 results" in found.sentence
    assert "the share is 16 to 100 %" in found.sentence


def test_histories__of_many_results_evenly_spaced_ones_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attribute_history, "DRAWN", 5)
    found = histories(RUN, "P", {}, "titre")["titre"].others
    assert len(found.values) == len(found.places) == 5
    assert found.of == RUN.history.batches.filter(pl.col("product") != "P").height


def test_histories__a_batch_without_a_start_comes_last() -> None:
    rows = RUN.rows.with_columns(
        started_at=pl.when(pl.col("batch_id") == RUN.rows["batch_id"][0]).then(None).otherwise(datetime(2024, 1, 1))
    )
    found = histories(replace(RUN, rows=rows, forecasts=past()), "P", {}, "titre")["titre"]
    assert len(found.past) == 2


def test_histories__name_what_a_past_transfer_changed() -> None:
    moved = past().with_columns(step=pl.lit("site"), place=pl.lit("There"))
    found = histories(replace(RUN, forecasts=moved), "P", {"titre": "titre"}, "titre", "site")["titre"]
    assert {(one.change, one.place) for one in found.past} == {("site", "There")}
    assert found.sentence.startswith("Had you asked before the last 2 transfers to another site, ")
    assert set(found.own.places) <= {1.0, 100.0}  # of several sizes, the batch size is drawn


def test_histories__of_a_transfer_at_the_only_size_are_in_order_of_start() -> None:
    flat = replace(RUN, rows=RUN.rows.with_columns(scale_level=pl.lit(0.1)))
    found = histories(flat, "P", {"titre": "titre"}, "titre", "site")["titre"]
    assert sorted([*found.own.places, *found.others.places]) == list(range(1, RUN.rows.height + 1))
    assert place_of(RUN.process, "site", 1) == "order of start"
    assert place_of(RUN.process, "scale", 1) == place_of(RUN.process, "site", 2) == "batch size"


def test_histories__of_older_forecasts_are_of_scale_ups() -> None:
    found = histories(replace(RUN, forecasts=past()), "P", {"titre": "titre"}, None)["titre"]
    assert {one.change for one in found.past} == {"scale"}
    assert "the last 2 scale-ups" in found.sentence
