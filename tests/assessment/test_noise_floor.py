"""The noise floor against values computed by hand, and against simulated results whose scatter is known."""

import numpy as np
import polars as pl
import pytest

from pipeline.assessment.noise_floor import NO_NOISE, AssayNoise, AttributeNoise, assay_noise, clearly_below
from pipeline.assessment.scores import metrics, score
from pipeline.domain.config_files import parse
from pipeline.domain.process.process import Process
from pipeline.domain.units import unit
from tests.support.pot import definition


def _replicates(*rows: tuple[str, str, int, float]) -> pl.DataFrame:
    schema = {"batch_id": pl.String, "attribute": pl.String, "replicates": pl.UInt32, "deviation": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _noise(stated: str | None = None, *rows: tuple[str, str, int, float]) -> AssayNoise:
    made = definition()
    made["attributes"]["titre"]["repeatability"] = stated
    process: Process = parse(Process, made, "pot")
    return assay_noise(process, _replicates(*rows))


def _forecasts(observed: list[float], predicted: list[float], censoring: list[str] | None = None) -> pl.DataFrame:
    n = len(observed)
    return pl.DataFrame(
        {
            "protocol": "p",
            "fold": 0,
            "model": "answering",
            "cqa": "titre",
            "batch_id": [f"B{i}" for i in range(n)],
            "product": ["A" if i % 2 else "B" for i in range(n)],
            "scale_level": 1.0,
            "observed": observed,
            "censoring": censoring or ["none"] * n,
            "predicted": predicted,
            "lower_90": predicted,
            "upper_90": predicted,
        }
    )


def _floor(noise: AssayNoise, forecasts: pl.DataFrame) -> dict[str, float]:
    scores = score(forecasts, {"titre": unit("g/L")}, (0.9,), 1, noise)
    return {k: v for k, v in metrics(scores, "answering")["p"]["titre"].items() if k.startswith("noise_floor")}


def test_floor__of_an_amount_is_that_amount_in_the_unit_of_the_attribute() -> None:
    assert _floor(_noise("50 mg/L"), _forecasts([1.0, 3.0], [1.0, 3.0])) == {"noise_floor": 0.05}


def test_floor__of_a_share_is_the_root_mean_square_over_the_results() -> None:
    found = _floor(_noise("10 %"), _forecasts([3.0, 4.0], [0.0, 0.0]))
    assert found["noise_floor"] == pytest.approx(0.1 * np.sqrt((9 + 16) / 2), abs=1e-6)


def test_floor__of_replicates_pools_their_variances_by_degrees_of_freedom() -> None:
    """B0 has 3 results, s = 1; B1 has 2, s = 2: s² = (2·1 + 1·4) / 3 = 2. Variances: 2/3 of B0, 2/2 of B1, 2 of B2."""
    noise = _noise(None, ("B0", "titre", 3, 1.0), ("B1", "titre", 2, 2.0))
    one = noise.attributes["titre"]
    assert (one.pooled, one.replicates, one.batches, one.degrees_of_freedom) == (pytest.approx(2**0.5), 5, 2, 3)
    found = _floor(noise, _forecasts([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]))
    assert found["noise_floor"] == pytest.approx(np.sqrt((2 / 3 + 1 + 2) / 3), abs=1e-6)
    assert found["noise_floor_low"] == pytest.approx(found["noise_floor"] * np.sqrt(3 / 7.814728), abs=1e-5)
    assert found["noise_floor_high"] == pytest.approx(found["noise_floor"] * np.sqrt(3 / 0.351846), abs=1e-5)
    assert found["noise_floor_replicates"] == 5


def test_floor__that_is_stated_counts_before_replicates_and_both_are_known() -> None:
    noise = _noise("1 g/L", ("B0", "titre", 4, 3.0))
    one = noise.attributes["titre"]
    assert (one.source, one.pooled) == ("stated", 3.0)
    found = _floor(noise, _forecasts([1.0, 2.0], [1.0, 2.0]))
    assert found == {"noise_floor": pytest.approx(np.sqrt((1 / 4 + 1) / 2), abs=1e-6)}


def test_floor__counts_a_censored_result_as_without_error() -> None:
    found = _floor(_noise("1 g/L"), _forecasts([1.0, 2.0], [1.0, 2.0], ["left", "none"]))
    assert found["noise_floor"] == pytest.approx(np.sqrt(1 / 2), abs=1e-6)


def test_floor__is_absent_without_replicates_or_statement() -> None:
    forecasts = _forecasts([1.0, 2.0], [1.0, 2.0])
    for nothing in (NO_NOISE, _noise(), _noise(None, ("B0", "titre", 3, 0.0)), _noise(None, ("B0", "other", 3, 1.0))):
        assert _floor(nothing, forecasts) == {}
        table = score(forecasts, {"titre": unit("g/L")}, (0.9,), 1, nothing)
        assert table["noise_floor_source"].null_count() == table.height


def test_floor__has_its_source_beside_it_in_every_row_of_the_scores() -> None:
    noise = _noise(None, ("B0", "titre", 3, 1.0))
    table = score(_forecasts([1.0, 2.0], [1.0, 2.0]), {"titre": unit("g/L")}, (0.9,), 1, noise)
    assert set(table["noise_floor_source"]) == {"from 3 replicates"}
    assert table["noise_floor"].null_count() == 0


def test_floor__is_the_error_of_a_perfect_forecast_of_the_true_value() -> None:
    """Reported results are means of one to three single results. Pooled over 300 batches the floor meets the error."""
    rng, deviation, n = np.random.default_rng(7), 0.4, 300
    truth, counts = rng.normal(10, 2, n), rng.integers(1, 4, n)
    single = [rng.normal(t, deviation, c) for t, c in zip(truth, counts, strict=True)]
    rows = [(f"B{i}", "titre", len(x), float(np.std(x, ddof=1))) for i, x in enumerate(single) if len(x) > 1]
    forecasts = _forecasts([float(x.mean()) for x in single], truth.tolist())
    found = _floor(_noise(None, *rows), forecasts)
    rmse = float(np.sqrt(((forecasts["observed"] - forecasts["predicted"]) ** 2).mean()))  # type: ignore[operator]
    assert found["noise_floor"] == pytest.approx(rmse, rel=0.1)
    assert found["noise_floor_low"] < deviation * np.sqrt(np.mean(1 / counts)) < found["noise_floor_high"]


def test_interval__covers_the_true_value_in_ninety_percent_of_histories() -> None:
    rng, inside = np.random.default_rng(3), 0
    for _ in range(1000):
        rows = [("B", "titre", 2, float(np.std(rng.normal(0, 1, 2), ddof=1))) for _ in range(8)]
        low, high = (one := _noise_of(rows)).factors or (0.0, 0.0)
        inside += low * (one.pooled or 0.0) < 1 < high * (one.pooled or 0.0)
    assert inside / 1000 == pytest.approx(0.9, abs=0.03)


def _noise_of(rows: list[tuple[str, str, int, float]]) -> AttributeNoise:
    frame = _replicates(*rows)
    variance = float((frame["deviation"] ** 2).mean())  # type: ignore[arg-type]
    return AttributeNoise(None, variance**0.5, 2 * len(rows), len(rows))


def test_clearly_below__is_said_of_a_perfect_model_in_five_percent_of_cases() -> None:
    rng, results, freedom = np.random.default_rng(5), 10, 6
    rmse = np.sqrt(rng.chisquare(results, 4000) / results)
    estimated = np.sqrt(rng.chisquare(freedom, 4000) / freedom)
    against_stated = np.mean([clearly_below(float(x), 1.0, results, None) for x in rmse])
    against_estimate = np.mean(
        [clearly_below(float(x), float(y), results, freedom) for x, y in zip(rmse, estimated, strict=True)]
    )
    assert against_stated == pytest.approx(0.05, abs=0.015)
    assert against_estimate == pytest.approx(0.05, abs=0.015)
    assert not clearly_below(0.0, 1.0, 0, None)
